/// A queue in a circular buffer: appending and removing at the front are O(1) amortized, reading by index is O(1).
///
/// Grows by doubling and never shrinks; removed elements are released at once.
package struct Ring<Element> {
    /// A power of two of slots, or none.
    private var slots: [Element?] = []
    private var head = 0
    /// The number of elements.
    package private(set) var count = 0

    /// Makes an empty ring.
    package init() {}

    package var isEmpty: Bool { self.count == 0 }

    package var first: Element? { self.isEmpty ? nil : self[0] }

    /// The element `index` places behind the front.
    package subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < self.count, "Index \(index) is outside a ring of \(self.count).")
            return self.slots[self.slot(of: index)]!
        }
        set {
            precondition(index >= 0 && index < self.count, "Index \(index) is outside a ring of \(self.count).")
            self.slots[self.slot(of: index)] = newValue
        }
    }

    package mutating func append(_ element: Element) {
        if self.count == self.slots.count { self.grow() }
        self.slots[self.slot(of: self.count)] = element
        self.count += 1
    }

    @discardableResult
    package mutating func removeFirst() -> Element {
        let element = self[0]
        self.slots[self.head] = nil
        self.head = self.slot(of: 1)
        self.count -= 1
        return element
    }

    /// How many elements at the front are `isBefore` a place, by binary search; all that are must come first.
    package func prefixCount(where isBefore: (Element) -> Bool) -> Int {
        var (low, high) = (0, self.count)
        while low < high {
            let middle = low + (high - low) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func slot(of index: Int) -> Int { (self.head + index) & (self.slots.count - 1) }

    private mutating func grow() {
        var larger: [Element?] = []
        larger.reserveCapacity(max(8, self.slots.count * 2))
        for index in 0..<self.count { larger.append(self.slots[self.slot(of: index)]) }
        larger.append(contentsOf: repeatElement(nil, count: max(8, self.slots.count * 2) - self.count))
        self.slots = larger
        self.head = 0
    }
}
