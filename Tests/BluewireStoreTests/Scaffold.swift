enum ScaffoldStoreTests {}
