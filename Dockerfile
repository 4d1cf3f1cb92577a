# One image for every process: web, worker, clock, migrations. What is installed is what requirements.txt pins, by hash.
FROM python:3.11-slim

RUN useradd --uid 10001 --create-home --home-dir /home/loa --shell /usr/sbin/nologin loa \
    && install -d -o loa -g loa -m 700 /data
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --only-binary :all: --require-hashes -r requirements.txt \
    && cp requirements.txt "$(.venv/bin/python -c 'import sys; print(".venv/installed-%d.%d-requirements.txt" % sys.version_info[:2])')"
COPY . .
RUN .venv/bin/python -m compileall -q service workers village migrations

# Nothing below /app is written any more: the containers run with a read-only file system and this user.
ENV LOA_DATA=/data PYTHONUNBUFFERED=1
USER loa
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["./loa"]
CMD ["help"]
