internal import ChatifyCore

extension World {
    /// Lets things go wrong from now on, until the time of trouble is over.
    func trouble() {
        self.scheduler.after(self.random.duration(upTo: self.settings.calm)) {
            guard self.isTroubled else { return }
            self.trouble()
            let fault = self.random.pick(self.settings.faults)
            self.statistics.faults += 1
            self.trace("fault: \(fault)")
            self.happen(fault)
        }
    }

    private func happen(_ fault: Fault) {
        let pod = self.random.pick(self.pods)
        let link = self.random.pick(pod.links.all)
        switch fault {
        case .crash: self.crash(pod)
        case .stop: self.stop(pod)
        case .pause: self.pause(pod, for: self.random.seconds(0.5...40))
        case .partition: self.change(link, for: self.random.seconds(0.5...75)) { $0.isCut = true }
        case .slowness:
            let slowness = self.random.seconds(0.05...4)
            self.change(link, for: self.random.seconds(1...20)) { $0.slowness = slowness }
        case .failBefore: self.change(link, for: self.random.seconds(1...20)) { $0.failsBefore = 40 }
        case .failAfter: self.change(link, for: self.random.seconds(1...20)) { $0.failsAfter = 40 }
        case .rebalance: self.rebalance()
        case .skew: self.skews[pod.number] = self.random.seconds(0...40) - .seconds(20)
        case .poison: self.log.poison(self.random.pick(0...(self.settings.partitions - 1)))
        case .storm: for client in self.clients where self.random.percent(70) { client.leave(isSilently: false) }
        case .halfOpen: self.random.pick(self.clients).leave(isSilently: true)
        case .stall: self.stall(self.random.pick(self.clients))
        }
    }

    private func crash(_ pod: Pod) {
        guard pod.state != .gone else { return }
        pod.crash()
        self.scheduler.after(self.random.seconds(0.1...20)) { self.replace(pod) }
    }

    private func stop(_ pod: Pod) {
        guard pod.state == .running else { return }
        pod.stop()
        self.replaceOnceGone(pod)
    }

    private func replaceOnceGone(_ pod: Pod) {
        self.scheduler.after(.seconds(1)) {
            if pod.state == .gone { self.replace(pod) } else { self.replaceOnceGone(pod) }
        }
    }

    /// Starts the next life of a pod.
    private func replace(_ pod: Pod) {
        guard self.pods[pod.number] === pod, pod.state == .gone else { return }
        self.trace("\(pod.podID) starts again")
        let next = Pod(number: pod.number, world: self)
        self.pods[pod.number] = next
        next.start()
    }

    private func pause(_ pod: Pod, for duration: Duration) {
        for lane in pod.lanes { lane.isPaused = true }
        self.isolated(pod, for: duration) { for lane in pod.lanes { lane.isPaused = false } }
    }

    /// Changes how a way is, and changes it back.
    private func change(_ link: Link, for duration: Duration, _ body: (inout Link.Condition) -> Void) {
        body(&link.condition)
        guard let pod = self.pods.first(where: { $0.links.log === link }), link.condition.isCut else {
            self.scheduler.after(duration) { link.condition = Link.Condition() }
            return
        }
        self.isolated(pod, for: duration) { link.condition = Link.Condition() }
    }

    /// Lets the log put out a pod of which it hears nothing for that long, and calls `heal` then.
    private func isolated(_ pod: Pod, for duration: Duration, heal: @escaping () -> Void) {
        let sessionTimeout: Duration = .seconds(10)
        if duration > sessionTimeout {
            self.scheduler.after(sessionTimeout) {
                guard pod.state != .gone else { return }
                self.evict(pod.broadcastConsumer)
                self.evict(pod.historyConsumer)
            }
        }
        self.scheduler.after(duration, heal)
    }

    /// Puts out a reader of one pod's clients, or some of the history's writers.
    private func rebalance() {
        guard !self.random.percent(30) else { return self.evict(self.random.pick(self.pods).broadcastConsumer) }
        for pod in self.pods where pod.state != .gone && self.random.percent(50) { self.evict(pod.historyConsumer) }
    }

    private func evict(_ consumer: SimulatedConsumer) {
        Task(executorPreference: self.outside) {
            await consumer.evict()
            self.log.checkCommits()
        }
    }

    private func stall(_ client: Client) {
        guard let socket = client.socket else { return }
        socket.stall(true)
        self.scheduler.after(self.random.seconds(0.5...40)) { socket.stall(false) }
    }
}
