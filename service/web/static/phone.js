// The phone on the page plays the call: recordings as they are, sentences by a Vietnamese voice of the browser, if it has
// one; otherwise each is shown for as long as it takes to say. What comes after a key is asked of the server.
(function () {
  var playing = false, turn = 0, sounding = null;
  var speech = window.speechSynthesis && window.SpeechSynthesisUtterance ? window.speechSynthesis : null;

  function handset() { return document.querySelector("#phone .handset"); }

  function voice() {
    return speech && speech.getVoices().find(function (one) { return /^vi\b/i.test(one.lang); });
  }

  function quiet() {
    turn += 1;
    if (sounding) sounding.pause();
    sounding = null;
    if (speech) speech.cancel();
    document.querySelectorAll("#phone .now").forEach(function (one) { one.classList.remove("now"); });
  }

  function wait(seconds) {
    return new Promise(function (done) { setTimeout(done, seconds * 1000); });
  }

  function read(words, seconds) {
    var by = voice();
    if (!by) return wait(seconds);
    return new Promise(function (done) {
      var said = new SpeechSynthesisUtterance(words);
      said.voice = by;
      said.lang = "vi-VN";
      said.rate = 0.9;
      said.onend = said.onerror = done;
      speech.speak(said);
    });
  }

  function heard(line) {
    var audio = line.querySelector("audio"), seconds = Number(line.dataset.seconds);
    var words = line.querySelector(".words").textContent;
    if (!audio) return read(words, seconds);
    sounding = audio;
    audio.currentTime = 0;
    return new Promise(function (done) {
      audio.onended = done;
      audio.onerror = function () { wait(seconds).then(done); };
      audio.play().catch(audio.onerror);
    });
  }

  function play() {
    quiet();
    var mine = turn, box = handset(), texts = JSON.parse(box.dataset.texts), silence = box.querySelector("[data-silence]");
    var lines = Array.from(box.querySelectorAll(".said li")), state = box.querySelector("[data-state]");
    if (!voice() && !lines.every(function (line) { return line.querySelector("audio"); })) state.textContent = texts.no_voice;
    lines.reduce(function (before, line) {
      return before.then(function () {
        if (mine !== turn) return;
        lines.forEach(function (one) { one.classList.toggle("now", one === line); });
        line.scrollIntoView({ block: "nearest" });
        return heard(line);
      });
    }, Promise.resolve()).then(function () {
      if (mine !== turn) return;
      lines.forEach(function (one) { one.classList.remove("now"); });
      if (!silence) return stop();
      state.textContent = texts.waits;
      return wait(Number(silence.dataset.wait)).then(function () {
        if (mine === turn) silence.click();
      });
    });
  }

  function stop() {
    playing = false;
    quiet();
    dress();
  }

  function dress() {
    var box = handset(), button = box && box.querySelector("[data-play]");
    if (!button) return;
    button.hidden = false;
    button.textContent = JSON.parse(box.dataset.texts)[playing ? "stop" : "play"];
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest("#phone [data-play]")) {
      if (playing) return stop();
      playing = true;
      dress();
      play();
    } else if (event.target.closest("#phone .keypad button, #phone .tabs a")) {
      quiet();
    }
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.target.id !== "phone" || !handset()) return;
    dress();
    if (playing) play();
  });
  if (speech) speech.getVoices(); // some browsers load them at the first question
  dress();
})();
