import Fleet
import ResilienceWire
import TestSupport
import Testing

@Suite struct AddressTests {
    @Test(
        arguments: [
            ("planner:pay/stripe", .named("planner"), "pay/stripe"), ("*:pay", .all, "pay"),
            ("us/*:pay", .within("us/"), "pay"),
            ("planner@9F3A:a:b@c", .instance("planner", prefix: "9f3a"), "a:b@c"),
        ] as [(String, Address.Agents, String)])
    func addressParserReadsAllForms(
        text: String, agents: Address.Agents, strategy: String
    ) throws {
        let address = try Address(text)
        #expect(address.agents == agents)
        #expect(address.strategy == strategy)
        #expect(Address(lenient: text) == address)
        #expect(address.description == text.replacing("9F3A", with: "9f3a"))
    }

    @Test(arguments: [
        "", "planner", ":pay", "planner:", "planner@9f3:pay", "planner@xyzw:pay", "@9f3a:x",
    ])
    func saysWhatIsWrong(_ text: String) {
        let error = #expect(throws: Address.Malformed.self) { try Address(text) }
        #expect(error?.description.contains("expected") == true)
        let address = Address(lenient: text)
        #expect(address.matchesNothing)
        #expect(address.description == text)
    }

    @Test func addressResolvesToConnectedInstances() throws {
        var fleet = Fleet()
        let ids = ["1111", "1112", "2222"].map {
            InstanceID(agent: "planner", instance: InstanceDigits(first: $0))
        }
        for id in ids {
            fleet.apply(.agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)), from: id, at: 0)
            fleet.apply(
                .strategy(StrategyDeclaration(strategy: "pay", kind: "retry")), from: id, at: 0)
        }
        fleet.apply(.agentGone(why: "killed"), from: ids[2], at: 1)
        #expect(fleet.resolve(Address("planner:pay")) == .found([ids[0], ids[1]]))
        #expect(fleet.resolve(Address("*:pay")) == .found([ids[0], ids[1]]))
        #expect(fleet.resolve(Address("planner@1112:pay")) == .found([ids[1]]))
        #expect(
            fleet.resolve(Address("planner:nope"))
                == .nothing(detail: "no such agent or strategy; there are: planner:pay"))
        #expect(
            fleet.resolve(Address("nobody:pay"))
                == .nothing(detail: "no such agent or strategy; there are: planner:pay"))
    }

    @Test func ambiguousInstancePrefixIsRefused() throws {
        var fleet = Fleet()
        for digit in ["1", "2"] {
            let id = InstanceID(
                agent: "planner", instance: InstanceDigits(first: "abcd" + digit))
            fleet.apply(.agentUp(AgentUp(pid: 1, client: "", intervalMS: 500)), from: id, at: 0)
            fleet.apply(
                .strategy(StrategyDeclaration(strategy: "pay", kind: "retry")), from: id, at: 0)
        }
        guard case .nothing(let detail) = fleet.resolve("planner@abcd:pay") else {
            Issue.record("two instances were taken for one")
            return
        }
        #expect(detail.hasPrefix("2 instances begin with abcd"))
    }
}
