#ifndef CHATIFY_CLIBRDKAFKA_SHIM_H
#define CHATIFY_CLIBRDKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

// rd_kafka_producev is variadic, which Swift does not import. The bytes are copied before the call returns; the headers go over to librdkafka only
// when it succeeds. Without a key the partitioner chooses any partition.
static inline rd_kafka_resp_err_t chatify_rdkafka_produce(
    rd_kafka_t *client, const char *topic, int32_t partition, const void *key, size_t key_length, const void *value,
    size_t value_length, rd_kafka_headers_t *headers, void *token) {
    return rd_kafka_producev(
        client, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition), RD_KAFKA_V_KEY(key, key_length),
        RD_KAFKA_V_VALUE((void *)value, value_length), RD_KAFKA_V_HEADERS(headers),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE(token), RD_KAFKA_V_END);
}

#endif
