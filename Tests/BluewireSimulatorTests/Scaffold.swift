enum ScaffoldSimulatorTests {}
