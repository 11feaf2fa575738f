enum ScaffoldStateTests {}
