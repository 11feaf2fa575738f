enum ScaffoldTransportTests {}
