enum ScaffoldModelTests {}
