enum ScaffoldMessagesAppTests {}
