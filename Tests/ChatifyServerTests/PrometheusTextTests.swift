import Testing

@testable import ChatifyServer

struct PrometheusTextTests {
    private static func family(
        _ name: String,
        _ kind: PrometheusFamily.Kind,
        help: String? = nil,
        _ series: [([(String, String)], PrometheusValue)]
    ) -> PrometheusFamily {
        PrometheusFamily(
            name: name,
            kind: kind,
            help: help,
            series: series.map { PrometheusSeries(labels: PrometheusLabel.list($0), value: $1) }
        )
    }

    private static var histogram: PrometheusValue {
        var buckets = HistogramBuckets(bounds: [0.5, 1, 10])
        for value in [0.25, 0.5, 2, .nan, 100] { buckets.record(value) }
        return .histogram(buckets)
    }

    @Test(
        arguments: [
            ([], ""),
            ([family("empty", .gauge, [])], ""),
            ([family("a_total", .counter, [([], .number(3))])], "# TYPE a_total counter\na_total 3\n"),
            (
                [family("b", .gauge, help: "One\nline, \\ and \"quotes\".", [([], .number(-0.5))])],
                "# HELP b One\\nline, \\\\ and \"quotes\".\n# TYPE b gauge\nb -0.5\n"
            ),
            (
                [family("c", .gauge, [([("z", "1"), ("a", "q\"b\\n\nü")], .number(1))])],
                "# TYPE c gauge\nc{a=\"q\\\"b\\\\n\\nü\",z=\"1\"} 1\n"
            ),
            // Families by name, series by labels, whatever order they come in.
            (
                [
                    family("y", .gauge, [([("l", "2")], .number(2)), ([("l", "1")], .number(1)), ([], .number(0))]),
                    family("x", .gauge, [([], .number(9))]),
                ],
                "# TYPE x gauge\nx 9\n# TYPE y gauge\ny 0\ny{l=\"1\"} 1\ny{l=\"2\"} 2\n"
            ),
            (
                [family("h", .histogram, [([("k", "v")], histogram)])],
                """
                # TYPE h histogram
                h_bucket{k="v",le="0.5"} 2
                h_bucket{k="v",le="1"} 2
                h_bucket{k="v",le="10"} 3
                h_bucket{k="v",le="+Inf"} 4
                h_sum{k="v"} 102.75
                h_count{k="v"} 4

                """
            ),
            (
                [family("i", .histogram, [([], .histogram(HistogramBuckets(bounds: [])))])],
                "# TYPE i histogram\ni_bucket{le=\"+Inf\"} 0\ni_sum 0\ni_count 0\n"
            ),
        ] as [([PrometheusFamily], String)]
    )
    func `Families are written one after the other`(_ families: [PrometheusFamily], _ text: String) {
        #expect(PrometheusText.render(families) == text)
    }

    @Test(
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-3, "-3"), (0.1, "0.1"), (1.5e-7, "1.5e-07"), (1e15, "1000000000000000"),
            (9_007_199_254_740_992, "9007199254740992"), (1e300, "1e+300"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
            (.nan, "NaN"),
        ] as [(Double, String)]
    )
    func `Numbers are as Go reads them`(_ number: Double, _ text: String) {
        let rendered = PrometheusText.render([Self.family("n", .gauge, [([], .number(number))])])
        #expect(rendered == "# TYPE n gauge\nn \(text)\n")
    }

    @Test(
        arguments: [
            ("a", .counter, "a_total"), ("a_total", .counter, "a_total"), ("a_total", .gauge, "a_total"),
            ("http.server:x-y", .gauge, "http_server:x_y"), ("9lives", .gauge, "_9lives"), ("", .histogram, "_"),
            ("é", .gauge, "__"),
        ] as [(String, PrometheusFamily.Kind, String)]
    )
    func `Names are made of what Prometheus allows`(_ label: String, _ kind: PrometheusFamily.Kind, _ name: String) {
        #expect(PrometheusName.metric(label, kind) == name)
    }

    @Test func `Labels are in the order of their names, each once`() {
        let labels = PrometheusLabel.list([("b.c", "1"), ("a", "2"), ("b-c", "3"), ("1:2", "4")])
        #expect(labels.map(\.name) == ["_1_2", "a", "b_c"])
        #expect(labels.map(\.value) == ["4", "2", "3"])
    }
}
