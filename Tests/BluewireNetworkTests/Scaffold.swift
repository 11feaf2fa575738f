enum ScaffoldNetworkTests {}
