extension DemoAgent {
    /// The agents of the demo.
    public static let all = [planner, router, auth, scraper]

    private static let planner = DemoAgent(
        name: "planner", replicas: 3,
        work: [
            Work(
                strategy: "llm/openai", target: "api.openai.com", lead: 12,
                troubles: [.rateLimited, .slow], pace: .milliseconds(120),
                every: .milliseconds(150), attempts: 3, failureThreshold: 5,
                openFor: .seconds(5)),
            Work(
                strategy: "pay/stripe", target: "api.stripe.com", lead: 0, troubles: [.outage],
                pace: .milliseconds(60), every: .milliseconds(120), attempts: 3,
                failureThreshold: 4, openFor: .seconds(8)),
            Work(
                strategy: "pay/orders", target: "orders.internal", lead: 8,
                troubles: [.degraded], pace: .milliseconds(90),
                every: .milliseconds(70), attempts: 3, failureThreshold: 6,
                openFor: .seconds(5), shape: .idempotent),
            Work(
                strategy: "geo/maps", target: "maps.internal", lead: 6,
                troubles: [.slow, .outage],
                pace: .milliseconds(30), every: .milliseconds(200), attempts: 2,
                failureThreshold: 3, openFor: .seconds(6), shape: .bounded),
        ])

    private static let router = DemoAgent(
        name: "router", replicas: 1,
        work: [
            Work(
                strategy: "llm/anthropic", target: "api.anthropic.com", lead: 9,
                troubles: [.rateLimited], pace: .milliseconds(150),
                every: .milliseconds(100), attempts: 4, failureThreshold: 6,
                openFor: .seconds(6), shape: .hedged),
            Work(
                strategy: "cache/redis", target: "redis:6379", lead: 2, troubles: [.outage],
                pace: .milliseconds(2), every: .milliseconds(20), attempts: 2,
                failureThreshold: 10, openFor: .seconds(3)),
            Work(
                strategy: "vector/search", target: "vectors.internal", lead: 16,
                troubles: [.slow],
                pace: .milliseconds(80), every: .milliseconds(150), attempts: 3,
                failureThreshold: 5, openFor: .seconds(5), shape: .bounded),
            Work(
                strategy: "quotes/live", target: "quotes.internal", lead: 5,
                troubles: [.outage, .degraded], pace: .milliseconds(25),
                every: .milliseconds(90), attempts: 2, failureThreshold: 6,
                openFor: .seconds(5), shape: .fallback),
        ])

    private static let auth = DemoAgent(
        name: "auth", replicas: 1,
        work: [
            Work(
                strategy: "auth/ldap", target: "ldap.internal", lead: 4,
                troubles: [.outage, .slow],
                pace: .milliseconds(15), every: .milliseconds(60), attempts: 4,
                failureThreshold: 5, openFor: .seconds(7), shape: .adaptive),
            Work(
                strategy: "auth/tokens", target: "tokens.internal", lead: 20,
                troubles: [.degraded],
                pace: .milliseconds(8), every: .milliseconds(40), attempts: 3,
                failureThreshold: 8, openFor: .seconds(4), shape: .adaptive),
        ])

    private static let scraper = DemoAgent(
        name: "scraper", replicas: 1,
        work: [
            Work(
                strategy: "web/fetch", target: "various", lead: 0,
                troubles: [.degraded, .slow],
                pace: .milliseconds(200), every: .milliseconds(70), attempts: 3,
                failureThreshold: 1_000, openFor: .seconds(5), shape: .budgeted("api")),
            Work(
                strategy: "db/orders", target: "orders-db", lead: 18,
                troubles: [.degraded, .outage],
                pace: .milliseconds(20), every: .milliseconds(80), attempts: 5,
                failureThreshold: 4, openFor: .seconds(9), shape: .context("database")),
            Work(
                strategy: "ml/embed", target: "models.internal", lead: 10,
                troubles: [.modelLoading],
                pace: .milliseconds(120), every: .milliseconds(180), attempts: 3,
                failureThreshold: 5, openFor: .seconds(6), shape: .context("ml_model")),
            Work(
                strategy: "queue/publish", target: "queue.internal", lead: 14,
                troubles: [.degraded],
                pace: .milliseconds(15), every: .milliseconds(250), attempts: 2,
                failureThreshold: 5, openFor: .seconds(5), shape: .batch),
        ])
}
