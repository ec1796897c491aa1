import ChatifyCore
import Foundation
import Testing

@Suite struct MessageIDTests {
    @Test func readsAnyCaseAndWritesLower() {
        let id = MessageID("0B9FA1c2-D3e4-45F6-8718-293A4B5C6D7E")
        #expect(id?.high == 0x0B9F_A1C2_D3E4_45F6)
        #expect(id?.low == 0x8718_293A_4B5C_6D7E)
        #expect(id?.description == "0b9fa1c2-d3e4-45f6-8718-293a4b5c6d7e")
    }

    @Test(arguments: [
        "", "0b9fa1c2d3e445f68718293a4b5c6d7e", "{0b9fa1c2-d3e4-45f6-8718-293a4b5c6d7e}",
        "0b9fa1c2-d3e4-45f6-8718-293a4b5c6d7", "0b9fa1c2-d3e4-45f6-8718-293a4b5c6d7g",
        "0b9fa1c2-d3e4-45f6-8718-293a4b5c6d7e0", "0b9fa1c20d3e4-45f6-8718-293a4b5c6d7e",
        "0b9fa1c2-d3e4-45f6-8718-293a4b5c6d7é",
    ])
    func refuses(text: String) {
        #expect(MessageID(text) == nil)
    }

    @Test func ordersAsUnsignedBytes() {
        let ids = [
            "00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001",
            "00000000-0000-0000-ffff-000000000000", "00000000-0000-0001-0000-000000000000",
            "7fffffff-0000-0000-0000-000000000000", "80000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ].compactMap { MessageID($0) }
        #expect(ids.count == 7)
        #expect(ids.shuffled().sorted() == ids)
    }

    @Test func agreesWithFoundation() {
        for _ in 0..<500 {
            let uuid = UUID()
            #expect(MessageID(uuid.uuidString)?.description == uuid.uuidString.lowercased())
        }
    }

    @Test func correlationIDsRoundTrip() {
        let id = CorrelationID.random()
        #expect(CorrelationID(id.description) == id)
        #expect(
            CorrelationID("corr_0B9FA1C2-D3E4-45F6-8718-293A4B5C6D7E")?.description
                == "corr_0b9fa1c2-d3e4-45f6-8718-293a4b5c6d7e"
        )
        #expect(CorrelationID("0b9fa1c2-d3e4-45f6-8718-293a4b5c6d7e") == nil)
        #expect(CorrelationID("corr_") == nil)
    }
}
