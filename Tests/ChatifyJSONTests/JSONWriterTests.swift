import ChatifyJSON
import Testing

@Suite struct JSONWriterTests {
    @Test func putsCommasWhereTheyBelong() {
        var writer = JSONWriter(reserving: 0)
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.int(1)
        writer.beginArray()
        writer.endArray()
        writer.beginObject()
        writer.endObject()
        writer.null()
        writer.endArray()
        writer.key("b\n" as String)
        writer.bool(false)
        writer.key("c\t")
        writer.raw(Array("[true]".utf8))
        writer.key("d")
        writer.string(utf8: Array("é\"".utf8))
        writer.key("e")
        writer.double(0.5)
        writer.endObject()
        writer.separator(0x1E)
        writer.int(3)
        let expected = #"{"a":[1,[],{},null],"b\n":false,"c\t":[true],"d":"é\"","e":0.5}"# + "\u{1e}3"
        #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
    }

    @Test func rawPointersAreValuesLikeOthers() {
        var writer = JSONWriter(reserving: 16)
        writer.beginArray()
        Array("1".utf8).withUnsafeBytes { writer.raw($0) }
        Array("x".utf8).withUnsafeBytes { writer.string(utf8: $0) }
        writer.endArray()
        #expect(writer.bytes == Array(#"[1,"x"]"#.utf8))
    }
}
