enum ScaffoldAgentTests {}
