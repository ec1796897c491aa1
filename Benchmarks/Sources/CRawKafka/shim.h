#ifndef BENCHMARKS_CRAWKAFKA_SHIM_H
#define BENCHMARKS_CRAWKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>
#include <string.h>

// What librdkafka does on its own, without a line of Swift: keeps so many messages in flight, each replaced when it is acknowledged.
// Returns how many were acknowledged, or -1 if the client could not be made.
static inline long raw_kafka_produce(
    const char *servers, const char *topic, const char *linger, const char *value, size_t length, long count, long in_flight) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    const char *settings[][2] = {
        {"bootstrap.servers", servers}, {"acks", "all"},       {"enable.idempotence", "true"},
        {"compression.codec", "snappy"}, {"linger.ms", linger}, {"partitioner", "consistent_random"},
    };
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
        rd_kafka_conf_set(conf, settings[i][0], settings[i][1], NULL, 0);
    rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_DR);
    rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, conf, NULL, 0);
    if (!client) return -1;
    rd_kafka_queue_t *queue = rd_kafka_queue_get_main(client);
    long sent = 0, acknowledged = 0, failed = 0;
    while (acknowledged + failed < count) {
        while (sent < count && sent - acknowledged - failed < in_flight) {
            char key[32];
            int key_length = snprintf(key, sizeof(key), "scope-%ld", sent % 100);
            rd_kafka_headers_t *headers = rd_kafka_headers_new(1);
            rd_kafka_header_add(headers, "correlation-id", -1, "corr_0b9f0000-0000-4000-8000-000000000000", 41);
            rd_kafka_producev(
                client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY(key, key_length), RD_KAFKA_V_VALUE((void *)value, length),
                RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_END);
            sent++;
        }
        rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 1000);
        if (!event) continue;
        const rd_kafka_message_t *message;
        while ((message = rd_kafka_event_message_next(event))) message->err ? failed++ : acknowledged++;
        rd_kafka_event_destroy(event);
    }
    rd_kafka_queue_destroy(queue);
    rd_kafka_destroy(client);
    return acknowledged;
}

#endif
