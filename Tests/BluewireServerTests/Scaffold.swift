enum ScaffoldServerTests {}
