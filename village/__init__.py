"""The rehearsal village: a telephone network and its phones on screen, speaking Twilio's REST API. Nothing leaves this PC."""
