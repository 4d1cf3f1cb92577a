// Records with the browser's microphone and puts the result into the form's file field. Without this script, or where
// the browser gives no microphone (a page without TLS), a file is chosen as in any form.
(function () {
  var box = document.querySelector("[data-recorder]");
  if (!box || !window.MediaRecorder || !window.DataTransfer || !navigator.mediaDevices) return;
  var LONGEST_S = 175; // three minutes are taken
  var KINDS = { "audio/webm;codecs=opus": "webm", "audio/mp4": "m4a", "audio/ogg;codecs=opus": "ogg" };
  var start = box.querySelector("[data-start]"), stop = box.querySelector("[data-stop]"), said = box.querySelector("[data-said]");
  var field = box.closest("form").querySelector("input[type=file]");
  var recorder, parts, since, clock;
  box.hidden = false;

  function show(recording) {
    start.hidden = recording;
    stop.hidden = !recording;
    (recording ? stop : start).focus();
  }

  function tick() {
    var seconds = Math.floor((Date.now() - since) / 1000);
    said.textContent = box.dataset.now + " " + Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
    if (seconds >= LONGEST_S) recorder.stop();
  }

  function begin(stream) {
    var kind = Object.keys(KINDS).find(function (one) { return MediaRecorder.isTypeSupported(one); });
    recorder = new MediaRecorder(stream, kind ? { mimeType: kind, audioBitsPerSecond: 64000 } : {});
    parts = [];
    recorder.ondataavailable = function (event) { parts.push(event.data); };
    recorder.onstop = function () {
      clearInterval(clock);
      stream.getTracks().forEach(function (track) { track.stop(); });
      var chosen = new DataTransfer();
      chosen.items.add(new File(parts, "ghi-am." + (KINDS[kind] || "webm"), { type: recorder.mimeType }));
      field.files = chosen.files;
      said.textContent = box.dataset.done;
      show(false);
    };
    recorder.start();
    since = Date.now();
    clock = setInterval(tick, 250);
    tick();
    show(true);
  }

  start.addEventListener("click", function () {
    start.disabled = true; // until the question about the microphone is answered
    navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } }).then(begin, function () {
      said.textContent = box.dataset.refused;
    }).then(function () { start.disabled = false; });
  });
  stop.addEventListener("click", function () { if (recorder.state !== "inactive") recorder.stop(); });
})();
