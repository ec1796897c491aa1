print("chatify-server")
