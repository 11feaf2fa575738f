enum ScaffoldGatewayTests {}
