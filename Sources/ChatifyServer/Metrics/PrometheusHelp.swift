/// What each metric of Chatify means, in a line; swift-metrics has no place for that.
enum PrometheusHelp {
    static let texts = [
        "chat_messages_fanout_latency_ms":
            "From a message's createdAtUtc to its queueing on the clients' sockets, of the oldest in each batch and loop.",
        "chat_messages_ingested_total": "Messages that the log has acknowledged.",
        "chat_ws_active_sessions": "Hub connections that are open.",
        "chatify_build_info": "The version that runs; always 1.",
        "chatify_dead_letters_total": "Records that can never be stored and were kept as dead letters.",
        "chatify_deliveries_total": "Messages queued to clients, one for each client.",
        "chatify_dependency_up": "Whether a dependency passed its health check just now.",
        "chatify_history_lag_records": "Records in the log that the history does not have yet.",
        "chatify_history_lag_seconds": "The age of the oldest message that was read for the history and is not stored.",
        "chatify_history_retries_total": "Calls of the history store that failed and were made again.",
        "chatify_history_stored_total": "Records of the log that the history writer has stored.",
        "chatify_kafka_broker_round_trip_seconds": "How long a broker took to answer, on average.",
        "chatify_kafka_broker_slow_round_trip_seconds": "How long 99 of 100 answers of a broker took at most.",
        "chatify_kafka_broker_up": "Whether the producer is connected to a broker.",
        "chatify_kafka_consumer_lag_records":
            "By how many records a partition is ahead of what a consumer is done with.",
        "chatify_kafka_outbound_bytes": "Bytes of records that wait for the brokers.",
        "chatify_kafka_outbound_records": "Records that wait to be sent to the brokers or to be acknowledged.",
        "chatify_loop_cpu_seconds_total": "Processor time of an event loop's thread.",
        "chatify_loop_delay_seconds": "How late an event loop came to its timer, looked at about once a second.",
        "chatify_outbound_queue_bytes": "Bytes that wait for clients to read them, as of about a second ago.",
        "chatify_process_cpu_seconds_total": "Processor time of the process.",
        "chatify_process_max_descriptors": "Files and sockets that the process may have open.",
        "chatify_process_open_descriptors": "Files and sockets that the process has open.",
        "chatify_process_resident_memory_bytes": "Memory of the process that is in RAM.",
        "chatify_produce_seconds": "How long the log took to acknowledge a message.",
        "chatify_rate_limited_sends_total": "Sends refused because the user sent too many.",
        "chatify_redis_connection_losses_total": "Connections to Redis that failed or ended, attempts included.",
        "chatify_redis_connections_total": "Connections to Redis that answered the login.",
        "chatify_redis_overloads_total": "Calls to Redis refused because too many were under way.",
        "chatify_redis_unexpected_replies_total":
            "Keys of another type than ours in Redis, and answers of another form.",
        "chatify_sends_total": "Sends by the code of their answer.",
        "chatify_slow_consumers_closed_total": "Clients closed because they did not keep up with their messages.",
        "chatify_sqlite_commit_seconds": "How long SQLite took to carry out and commit what waited.",
        "chatify_sqlite_commit_writes": "Writes that SQLite committed together.",
        "presence_online_users": "Users who are online, on all pods that share presence.",
    ]
}
