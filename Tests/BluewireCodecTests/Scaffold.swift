enum ScaffoldCodecTests {}
