enum ScaffoldWireTests {}
