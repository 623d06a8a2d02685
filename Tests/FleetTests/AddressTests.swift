import Fleet
import ResilienceWire
import TestSupport
import Testing

@Suite struct AddressTests {
    @Test func addressParserReadsAllForms() throws {
        #expect(
            try Address("planner:pay/stripe") == Address(agent: "planner", strategy: "pay/stripe"))
        #expect(try Address("*:pay").agents == .all)
        #expect(
            try Address("planner@9F3A:a:b@c").agents == .instance("planner", prefix: "9f3a"))
        #expect(try Address("planner@9f3a:a:b@c").strategy == "a:b@c")
    }

    @Test(arguments: [
        "", "planner", ":pay", "planner:", "planner@9f3:pay", "planner@xyzw:pay", "@9f3a:x",
    ])
    func saysWhatIsWrong(_ text: String) {
        let error = #expect(throws: Address.Malformed.self) { try Address(text) }
        #expect(error?.description.contains("expected") == true)
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
        #expect(fleet.resolve(try Address("planner:pay")) == .found([ids[0], ids[1]]))
        #expect(fleet.resolve(try Address("*:pay")) == .found([ids[0], ids[1]]))
        #expect(fleet.resolve(try Address("planner@1112:pay")) == .found([ids[1]]))
        #expect(
            fleet.resolve(try Address("planner:nope"))
                == .nothing(detail: "no such agent or strategy; there are: planner:pay"))
        #expect(
            fleet.resolve(try Address("nobody:pay"))
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
        guard case .nothing(let detail) = fleet.resolve(try Address("planner@abcd:pay")) else {
            Issue.record("two instances were taken for one")
            return
        }
        #expect(detail.hasPrefix("2 instances begin with abcd"))
    }
}
