enum ScaffoldIntegration {}
