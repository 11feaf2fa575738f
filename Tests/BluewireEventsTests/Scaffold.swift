enum ScaffoldEventsTests {}
