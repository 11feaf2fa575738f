//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

import BluewireEvents
import BluewireModel
import BluewireState
import Foundation
import Logging
import Synchronization
import Testing

@testable import BluewireGateway

@Suite struct OperationSettingsTests {
    private func load(_ environment: [String: String]) throws -> GatewayConfiguration {
        try ConfigurationLoader(
            environment: environment.merging(["HOME": "/home/somebody", "BLUEWIRE_CONFIG": "/nowhere.yaml"]) { $1 }
        ).load()
    }

    @Test func retentionIsRead() throws {
        let configuration = try load([
            "BLUEWIRE_RETENTION_DAYS": "7", "BLUEWIRE_RETENTION_SIZE": "250 mb", "BLUEWIRE_RETENTION_DELIVERIES": "1",
            "BLUEWIRE_RETENTION_TURNS": "2", "BLUEWIRE_RETENTION_SENDS": "3", "BLUEWIRE_RETENTION_AUDIT": "4",
        ])
        let retention = configuration.retention
        #expect(retention.events == .seconds(7 * 86_400))
        #expect(retention.journalBytes == 250_000_000)
        #expect(retention.state.deliveries == .seconds(86_400))
        #expect(retention.state.turns == .seconds(2 * 86_400))
        #expect(retention.state.sends == .seconds(3 * 86_400))
        #expect(retention.state.audit == .seconds(4 * 86_400))
        #expect(try load([:]).retention == GatewayConfiguration.Retention())
    }

    @Test(arguments: [
        ("BLUEWIRE_RETENTION_DAYS", "0"), ("BLUEWIRE_RETENTION_DAYS", "-1"), ("BLUEWIRE_RETENTION_DAYS", "week"),
        ("BLUEWIRE_RETENTION_AUDIT", "99999"), ("BLUEWIRE_RETENTION_SIZE", "0GB"), ("BLUEWIRE_RETENTION_SIZE", "1000"),
        ("BLUEWIRE_RETENTION_SIZE", "9MB"), ("BLUEWIRE_RETENTION_SIZE", "99999999TB"), ("BLUEWIRE_LOG_FORMAT", "xml"),
    ])
    func wrongValueIsRefusedByName(_ variable: String, _ value: String) {
        let error = #expect(throws: GatewayError.self) { try load([variable: value]) }
        #expect(error?.code == .configuration)
        #expect(error?.remedy.contains(variable) == true)
    }

    @Test func budgetsAreRead() throws {
        let budget = try load(["BLUEWIRE_BUDGET_TOKEN": "3/20/0", "BLUEWIRE_BUDGET_AGENT": "0/0/0"]).budget
        #expect(budget.token == Budget.Allowance(burst: 3, perDay: 20, firstContactsPerDay: 0))
        #expect(budget.agent == Budget.Allowance(burst: 0, perDay: 0, firstContactsPerDay: 0))
        #expect(budget.owner == Budget().owner)
        #expect(try load([:]).budget == Budget())
    }

    @Test(arguments: ["", "3", "3/20", "3/20/", "3/20/1/1", "3/-1/1", "a/b/c", "3//1", "1000001/1/1"])
    func aWrongBudgetIsRefused(_ value: String) {
        let error = #expect(throws: GatewayError.self) { try load(["BLUEWIRE_BUDGET_OWNER": value]) }
        #expect(error?.message.contains("budget.owner") == true)
    }

    @Test func variablesOfTestsAreNoSettings() throws {
        #expect(try load(["BLUEWIRE_SEED": "7", "BLUEWIRE_VERBOSE": "1"]) == load([:]))
    }

    @Test func theLevelOfALoggerAndItsCopiesFollowsOneValue() {
        let lines = Mutex<[String]>([])
        let level = Live(Logger.Level.info)
        let logger = GatewayLog.logger(level: level, format: .text) { line in lines.withLock { $0.append(line) } }
        var copy = logger
        copy[metadataKey: "a"] = "b"
        var own = logger
        own.logLevel = .error
        for _ in 0..<2 {
            copy.debug("Shown late")
            own.info("Never shown")
            level.value = .debug
        }
        #expect(lines.withLock { $0 }.map { $0.contains("Shown late a=b") } == [true])
    }

    @Test func jsonLinesHaveDottedKeysAndSurviveAnything() throws {
        let lines = Mutex<[String]>([])
        var logger = GatewayLog.logger(level: "debug", format: .json) { line in lines.withLock { $0.append(line) } }
        logger[metadataKey: "line.id"] = "mac"
        logger.info("Started", metadata: ["chat.id": "ch_1", "error": "a \"quote\"\nand a line"])
        logger.trace("Not shown")
        let text = try #require(lines.withLock { $0 }.first)
        #expect(lines.withLock { $0 }.count == 1)
        #expect(text.hasSuffix("}\n") && text.dropLast().allSatisfy { $0 != "\n" })
        let object = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        #expect(object["message"] == "Started")
        #expect(object["level"] == "info")
        #expect(object["line.id"] == "mac")
        #expect(object["chat.id"] == "ch_1")
        #expect(object["error"] == "a \"quote\"\nand a line")
        #expect(object["time"].flatMap { Timestamp(rfc3339: $0) } != nil)
    }

    @Test func textLinesStayAsTheyWere() throws {
        let lines = Mutex<[String]>([])
        let logger = GatewayLog.logger(level: "info") { line in lines.withLock { $0.append(line) } }
        logger.info("Started", metadata: ["b": "2", "a": "1"])
        #expect(lines.withLock { $0 }.first?.hasSuffix(" info Started a=1 b=2\n") == true)
    }
}
