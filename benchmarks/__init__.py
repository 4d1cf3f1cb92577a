"""How fast it is: what ``./loa bench`` runs, with real processes, real databases and real HTTP."""
