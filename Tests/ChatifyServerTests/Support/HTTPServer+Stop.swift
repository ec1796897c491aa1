import ChatifyServer

extension HTTPServer {
    /// Lets clients go in good order, then ends the loops.
    func stop(drainWithin grace: Duration) async {
        await self.drain(within: grace)
        await self.shutdown()
    }
}
