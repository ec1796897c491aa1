/// The scripts of presence; each touches one key, so that each is safe on a cluster, and takes its time from the server, so that the
/// clocks of pods do not matter.
///
/// A connection's score is in whole seconds (contracts §6), so one is dead when its score is *more* than the expiry ago: it never dies
/// early, and at most a second late. The index of who is online counts in microseconds and waits for that second.
///
/// What adds comes before what removes, as a server without memory refuses a script only if its first write
/// is one that adds.
enum PresenceScripts {
    // KEYS: presence:user:…  ARGV: expiry, members.
    static let renew = RedisScript(
        """
        local now, expiry = redis.call('TIME')[1], ARGV[1]
        for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now, ARGV[i]) end
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%d', now - expiry))
        redis.call('EXPIRE', KEYS[1], expiry)
        return #ARGV - 1
        """
    )

    // KEYS: presence:user:…  ARGV: expiry, member. Answers how many are left, and when.
    static let remove = RedisScript(
        """
        local time, expiry = redis.call('TIME'), ARGV[1]
        redis.call('ZREM', KEYS[1], ARGV[2])
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%d', time[1] - expiry))
        return {redis.call('ZCARD', KEYS[1]), tonumber(time[1]), tonumber(time[2])}
        """
    )

    // KEYS: presence:user:…  ARGV: expiry. Answers the live members.
    static let live = RedisScript(
        """
        local oldest = string.format('%d', redis.call('TIME')[1] - ARGV[1])
        return redis.call('ZRANGEBYSCORE', KEYS[1], oldest, '+inf')
        """
    )

    // KEYS: route:…  ARGV: pod. Another pod may have taken the connection over.
    static let removeRoute = RedisScript(
        """
        if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
        return 0
        """
    )

    // KEYS: presence:online  ARGV: expiry, users. Answers 1 for each who came online with this, else 0.
    static let markOnline = RedisScript(
        """
        local time, expiry, came = redis.call('TIME'), ARGV[1], {}
        local now = time[1] .. '.' .. string.format('%06d', time[2])
        local forgotten = time[1] - 2 * expiry - 1
        for i = 2, #ARGV do
            local seen = redis.call('ZSCORE', KEYS[1], ARGV[i])
            redis.call('ZADD', KEYS[1], now, ARGV[i])
            came[i - 1] = (seen and tonumber(seen) >= forgotten) and 0 or 1
        end
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. string.format('%d', forgotten))
        redis.call('EXPIRE', KEYS[1], 2 * expiry + 1)
        return came
        """
    )

    // KEYS: presence:online  ARGV: user, seconds and microseconds when the last connection went. Whoever was marked later has come back.
    // Answers 1 if the user went offline with this.
    static let markOffline = RedisScript(
        """
        local seen = redis.call('ZSCORE', KEYS[1], ARGV[1])
        local went = tonumber(ARGV[2] .. '.' .. string.format('%06d', ARGV[3]))
        if seen and tonumber(seen) < went then return redis.call('ZREM', KEYS[1], ARGV[1]) end
        return 0
        """
    )

    // KEYS: presence:online  ARGV: expiry, limit. Answers the users who went offline with this.
    static let dropExpired = RedisScript(
        """
        local time = redis.call('TIME')
        local oldest = '(' .. string.format('%d', time[1] - ARGV[1] - 1) .. '.' .. string.format('%06d', time[2])
        local users = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', oldest, 'LIMIT', 0, ARGV[2])
        for _, user in ipairs(users) do redis.call('ZREM', KEYS[1], user) end
        return users
        """
    )

    // KEYS: presence:online  ARGV: expiry. Answers how many are online.
    static let countOnline = RedisScript(
        """
        local time = redis.call('TIME')
        local oldest = string.format('%d', time[1] - ARGV[1] - 1) .. '.' .. string.format('%06d', time[2])
        return redis.call('ZCOUNT', KEYS[1], oldest, '+inf')
        """
    )
}
