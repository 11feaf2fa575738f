//
// This source file is part of the Bluewire project
// SPDX-License-Identifier: Apache-2.0
// See LICENSE for licence information
//

/// Phrases with the times Python's zoneinfo gives for them: a second opinion that shares no code with ours.
struct PhraseExpectation: Sendable {
    let zone: String
    let now: Int64
    let phrase: String
    let task: String
    let due: Int64

    init(_ zone: String, _ now: Int64, _ phrase: String, _ task: String, _ due: Int64) {
        self.zone = zone
        self.now = now
        self.phrase = phrase
        self.task = task
        self.due = due
    }

    static let all: [PhraseExpectation] = [
        .init("Europe/Berlin", 1768482420, "remind me tomorrow at 9 to buy milk & eggs", "buy milk & eggs", 1768550400),
        .init(
            "Europe/Berlin", 1768482420, "Remind me to pick up Zoë from school in 20 minutes",
            "pick up Zoë from school", 1768483620),
        .init("Europe/Berlin", 1768482420, "please remind me in 12 hours to pay the rent", "pay the rent", 1768525620),
        .init(
            "Europe/Berlin", 1768482420, "remind me next tuesday 5pm to water the plants", "water the plants",
            1768924800),
        .init(
            "Europe/Berlin", 1768482420, "Remind me to check the oven, really on Tuesday at 18:30",
            "check the oven, really", 1768930200),
        .init(
            "Europe/Berlin", 1768482420, "remind me on 7 August at noon to send Sam the 3 photos",
            "send Sam the 3 photos", 1786096800),
        .init(
            "Europe/Berlin", 1768482420, "remind me to call the dentist on August 7, 2026 at 7:45 pm",
            "call the dentist", 1786124700),
        .init(
            "Europe/Berlin", 1768482420, "remind me 2026-08-07T06:05 to buy milk & eggs", "buy milk & eggs", 1786075500),
        .init(
            "Europe/Berlin", 1768482420, "remind me tonight to pick up Zoë from school", "pick up Zoë from school",
            1768503600),
        .init("Europe/Berlin", 1768482420, "remind me in two weeks to pay the rent", "pay the rent", 1769673600),
        .init(
            "Europe/Berlin", 1768482420, "remind me tomorrow at 18:30 Berlin time to water the plants",
            "water the plants", 1768584600),
        .init(
            "Europe/Berlin", 1774616820, "remind me tomorrow at 9 to check the oven, really", "check the oven, really",
            1774684800),
        .init(
            "Europe/Berlin", 1774616820, "Remind me to send Sam the 3 photos in 20 minutes", "send Sam the 3 photos",
            1774618020),
        .init(
            "Europe/Berlin", 1774616820, "please remind me in 4 hours to call the dentist", "call the dentist",
            1774631220),
        .init(
            "Europe/Berlin", 1774616820, "remind me next sunday 5pm to buy milk & eggs", "buy milk & eggs", 1775401200),
        .init(
            "Europe/Berlin", 1774616820, "Remind me to pick up Zoë from school on Sunday at 18:30",
            "pick up Zoë from school", 1774801800),
        .init(
            "Europe/Berlin", 1774616820, "remind me on 28 December at noon to pay the rent", "pay the rent", 1798455600),
        .init(
            "Europe/Berlin", 1774616820, "remind me to water the plants on December 28, 2026 at 7:45 pm",
            "water the plants", 1798483500),
        .init(
            "Europe/Berlin", 1774616820, "remind me 2026-12-28T06:05 to check the oven, really",
            "check the oven, really", 1798434300),
        .init(
            "Europe/Berlin", 1774616820, "remind me tonight to send Sam the 3 photos", "send Sam the 3 photos",
            1774638000),
        .init(
            "Europe/Berlin", 1774616820, "remind me in two weeks to call the dentist", "call the dentist", 1775804400),
        .init(
            "Europe/Berlin", 1774616820, "remind me tomorrow at 18:30 Berlin time to buy milk & eggs",
            "buy milk & eggs", 1774719000),
        .init(
            "Europe/Berlin", 1772888820, "remind me tomorrow at 9 to pick up Zoë from school",
            "pick up Zoë from school", 1772956800),
        .init("Europe/Berlin", 1772888820, "Remind me to pay the rent in 20 minutes", "pay the rent", 1772890020),
        .init(
            "Europe/Berlin", 1772888820, "please remind me in 13 hours to water the plants", "water the plants",
            1772935620),
        .init(
            "Europe/Berlin", 1772888820, "remind me next friday 5pm to check the oven, really",
            "check the oven, really", 1773417600),
        .init(
            "Europe/Berlin", 1772888820, "Remind me to send Sam the 3 photos on Friday at 18:30",
            "send Sam the 3 photos", 1773423000),
        .init(
            "Europe/Berlin", 1772888820, "remind me on 7 April at noon to call the dentist", "call the dentist",
            1775556000),
        .init(
            "Europe/Berlin", 1772888820, "remind me to buy milk & eggs on April 7, 2026 at 7:45 pm", "buy milk & eggs",
            1775583900),
        .init(
            "Europe/Berlin", 1772888820, "remind me 2026-04-07T06:05 to pick up Zoë from school",
            "pick up Zoë from school", 1775534700),
        .init("Europe/Berlin", 1772888820, "remind me tonight to pay the rent", "pay the rent", 1772910000),
        .init(
            "Europe/Berlin", 1772888820, "remind me in two weeks to water the plants", "water the plants", 1774080000),
        .init(
            "Europe/Berlin", 1772888820, "remind me tomorrow at 18:30 New York time to check the oven, really",
            "check the oven, really", 1773009000),
        .init(
            "America/New_York", 1792778820, "remind me tomorrow at 9 to send Sam the 3 photos", "send Sam the 3 photos",
            1792846800),
        .init(
            "America/New_York", 1792778820, "Remind me to call the dentist in 20 minutes", "call the dentist",
            1792780020),
        .init(
            "America/New_York", 1792778820, "please remind me in 3 hours to buy milk & eggs", "buy milk & eggs",
            1792789620),
        .init(
            "America/New_York", 1792778820, "remind me next monday 5pm to pick up Zoë from school",
            "pick up Zoë from school", 1793048400),
        .init(
            "America/New_York", 1792778820, "Remind me to pay the rent on Monday at 18:30", "pay the rent", 1793053800),
        .init(
            "America/New_York", 1792778820, "remind me on 4 June at noon to water the plants", "water the plants",
            1812124800),
        .init(
            "America/New_York", 1792778820, "remind me to check the oven, really on June 4, 2027 at 7:45 pm",
            "check the oven, really", 1812152700),
        .init(
            "America/New_York", 1792778820, "remind me 2027-06-04T06:05 to send Sam the 3 photos",
            "send Sam the 3 photos", 1812103500),
        .init("America/New_York", 1792778820, "remind me tonight to call the dentist", "call the dentist", 1792800000),
        .init(
            "America/New_York", 1792778820, "remind me in two weeks to buy milk & eggs", "buy milk & eggs", 1793973600),
        .init(
            "America/New_York", 1792778820, "remind me tomorrow at 18:30 London time to pick up Zoë from school",
            "pick up Zoë from school", 1792863000),
        .init("America/New_York", 1793383620, "remind me tomorrow at 9 to pay the rent", "pay the rent", 1793451600),
        .init(
            "America/New_York", 1793383620, "Remind me to water the plants in 20 minutes", "water the plants",
            1793384820),
        .init(
            "America/New_York", 1793383620, "please remind me in 4 hours to check the oven, really",
            "check the oven, really", 1793398020),
        .init(
            "America/New_York", 1793383620, "remind me next tuesday 5pm to send Sam the 3 photos",
            "send Sam the 3 photos", 1793743200),
        .init(
            "America/New_York", 1793383620, "Remind me to call the dentist on Tuesday at 18:30", "call the dentist",
            1793748600),
        .init(
            "America/New_York", 1793383620, "remind me on 17 December at noon to buy milk & eggs", "buy milk & eggs",
            1797526800),
        .init(
            "America/New_York", 1793383620, "remind me to pick up Zoë from school on December 17, 2026 at 7:45 pm",
            "pick up Zoë from school", 1797554700),
        .init("America/New_York", 1793383620, "remind me 2026-12-17T06:05 to pay the rent", "pay the rent", 1797505500),
        .init("America/New_York", 1793383620, "remind me tonight to water the plants", "water the plants", 1793404800),
        .init(
            "America/New_York", 1793383620, "remind me in two weeks to check the oven, really",
            "check the oven, really", 1794578400),
        .init(
            "America/New_York", 1793383620, "remind me tomorrow at 18:30 London time to send Sam the 3 photos",
            "send Sam the 3 photos", 1793471400),
        .init(
            "America/New_York", 1775239620, "remind me tomorrow at 9 to call the dentist", "call the dentist",
            1775307600),
        .init(
            "America/New_York", 1775239620, "Remind me to buy milk & eggs in 20 minutes", "buy milk & eggs", 1775240820),
        .init(
            "America/New_York", 1775239620, "please remind me in 3 hours to pick up Zoë from school",
            "pick up Zoë from school", 1775250420),
        .init("America/New_York", 1775239620, "remind me next sunday 5pm to pay the rent", "pay the rent", 1776027600),
        .init(
            "America/New_York", 1775239620, "Remind me to water the plants on Sunday at 18:30", "water the plants",
            1775428200),
        .init(
            "America/New_York", 1775239620, "remind me on 19 January at noon to check the oven, really",
            "check the oven, really", 1800378000),
        .init(
            "America/New_York", 1775239620, "remind me to send Sam the 3 photos on January 19, 2027 at 7:45 pm",
            "send Sam the 3 photos", 1800405900),
        .init(
            "America/New_York", 1775239620, "remind me 2027-01-19T06:05 to call the dentist", "call the dentist",
            1800356700),
        .init("America/New_York", 1775239620, "remind me tonight to buy milk & eggs", "buy milk & eggs", 1775260800),
        .init(
            "America/New_York", 1775239620, "remind me in two weeks to pick up Zoë from school",
            "pick up Zoë from school", 1776430800),
        .init(
            "America/New_York", 1775239620, "remind me tomorrow at 18:30 Berlin time to pay the rent", "pay the rent",
            1775320200),
        .init(
            "Asia/Kolkata", 1790325420, "remind me tomorrow at 9 to water the plants", "water the plants", 1790393400),
        .init(
            "Asia/Kolkata", 1790325420, "Remind me to check the oven, really in 20 minutes", "check the oven, really",
            1790326620),
        .init(
            "Asia/Kolkata", 1790325420, "please remind me in 9 hours to send Sam the 3 photos", "send Sam the 3 photos",
            1790357820),
        .init(
            "Asia/Kolkata", 1790325420, "remind me next saturday 5pm to call the dentist", "call the dentist",
            1791027000),
        .init(
            "Asia/Kolkata", 1790325420, "Remind me to buy milk & eggs on Saturday at 18:30", "buy milk & eggs",
            1790427600),
        .init(
            "Asia/Kolkata", 1790325420, "remind me on 22 July at noon to pick up Zoë from school",
            "pick up Zoë from school", 1816237800),
        .init(
            "Asia/Kolkata", 1790325420, "remind me to pay the rent on July 22, 2027 at 7:45 pm", "pay the rent",
            1816265700),
        .init(
            "Asia/Kolkata", 1790325420, "remind me 2027-07-22T06:05 to water the plants", "water the plants", 1816216500
        ),
        .init(
            "Asia/Kolkata", 1790325420, "remind me tonight to check the oven, really", "check the oven, really",
            1790346600),
        .init(
            "Asia/Kolkata", 1790325420, "remind me in two weeks to send Sam the 3 photos", "send Sam the 3 photos",
            1791516600),
        .init(
            "Asia/Kolkata", 1790325420, "remind me tomorrow at 18:30 Berlin time to call the dentist",
            "call the dentist", 1790440200),
        .init("Asia/Kolkata", 1798619820, "remind me tomorrow at 9 to buy milk & eggs", "buy milk & eggs", 1798687800),
        .init(
            "Asia/Kolkata", 1798619820, "Remind me to pick up Zoë from school in 20 minutes", "pick up Zoë from school",
            1798621020),
        .init("Asia/Kolkata", 1798619820, "please remind me in 20 hours to pay the rent", "pay the rent", 1798691820),
        .init(
            "Asia/Kolkata", 1798619820, "remind me next friday 5pm to water the plants", "water the plants", 1799407800),
        .init(
            "Asia/Kolkata", 1798619820, "Remind me to check the oven, really on Friday at 18:30",
            "check the oven, really", 1798808400),
        .init(
            "Asia/Kolkata", 1798619820, "remind me on 23 July at noon to send Sam the 3 photos",
            "send Sam the 3 photos", 1816324200),
        .init(
            "Asia/Kolkata", 1798619820, "remind me to call the dentist on July 23, 2027 at 7:45 pm", "call the dentist",
            1816352100),
        .init(
            "Asia/Kolkata", 1798619820, "remind me 2027-07-23T06:05 to buy milk & eggs", "buy milk & eggs", 1816302900),
        .init(
            "Asia/Kolkata", 1798619820, "remind me tonight to pick up Zoë from school", "pick up Zoë from school",
            1798641000),
        .init("Asia/Kolkata", 1798619820, "remind me in two weeks to pay the rent", "pay the rent", 1799811000),
        .init(
            "Asia/Kolkata", 1798619820, "remind me tomorrow at 18:30 Berlin time to water the plants",
            "water the plants", 1798738200),
        .init(
            "Asia/Kolkata", 1835253420, "remind me tomorrow at 9 to check the oven, really", "check the oven, really",
            1835321400),
        .init(
            "Asia/Kolkata", 1835253420, "Remind me to send Sam the 3 photos in 20 minutes", "send Sam the 3 photos",
            1835254620),
        .init(
            "Asia/Kolkata", 1835253420, "please remind me in 9 hours to call the dentist", "call the dentist",
            1835285820),
        .init(
            "Asia/Kolkata", 1835253420, "remind me next monday 5pm to buy milk & eggs", "buy milk & eggs", 1835350200),
        .init(
            "Asia/Kolkata", 1835253420, "Remind me to pick up Zoë from school on Monday at 18:30",
            "pick up Zoë from school", 1835355600),
        .init(
            "Asia/Kolkata", 1835253420, "remind me on 10 December at noon to pay the rent", "pay the rent", 1860042600),
        .init(
            "Asia/Kolkata", 1835253420, "remind me to water the plants on December 10, 2028 at 7:45 pm",
            "water the plants", 1860070500),
        .init(
            "Asia/Kolkata", 1835253420, "remind me 2028-12-10T06:05 to check the oven, really",
            "check the oven, really", 1860021300),
        .init(
            "Asia/Kolkata", 1835253420, "remind me tonight to send Sam the 3 photos", "send Sam the 3 photos",
            1835274600),
        .init("Asia/Kolkata", 1835253420, "remind me in two weeks to call the dentist", "call the dentist", 1836444600),
        .init(
            "Asia/Kolkata", 1835253420, "remind me tomorrow at 18:30 New York time to buy milk & eggs",
            "buy milk & eggs", 1835393400),
        .init(
            "Australia/Lord_Howe", 1768446420, "remind me tomorrow at 9 to pick up Zoë from school",
            "pick up Zoë from school", 1768514400),
        .init("Australia/Lord_Howe", 1768446420, "Remind me to pay the rent in 20 minutes", "pay the rent", 1768447620),
        .init(
            "Australia/Lord_Howe", 1768446420, "please remind me in 11 hours to water the plants", "water the plants",
            1768486020),
        .init(
            "Australia/Lord_Howe", 1768446420, "remind me next thursday 5pm to check the oven, really",
            "check the oven, really", 1769061600),
        .init(
            "Australia/Lord_Howe", 1768446420, "Remind me to send Sam the 3 photos on Thursday at 18:30",
            "send Sam the 3 photos", 1769067000),
        .init(
            "Australia/Lord_Howe", 1768446420, "remind me on 31 March at noon to call the dentist", "call the dentist",
            1774918800),
        .init(
            "Australia/Lord_Howe", 1768446420, "remind me to buy milk & eggs on March 31, 2026 at 7:45 pm",
            "buy milk & eggs", 1774946700),
        .init(
            "Australia/Lord_Howe", 1768446420, "remind me 2026-03-31T06:05 to pick up Zoë from school",
            "pick up Zoë from school", 1774897500),
        .init("Australia/Lord_Howe", 1768446420, "remind me tonight to pay the rent", "pay the rent", 1768467600),
        .init(
            "Australia/Lord_Howe", 1768446420, "remind me in two weeks to water the plants", "water the plants",
            1769637600),
        .init(
            "Australia/Lord_Howe", 1768446420, "remind me tomorrow at 18:30 Berlin time to check the oven, really",
            "check the oven, really", 1768584600),
        .init(
            "Australia/Lord_Howe", 1774580820, "remind me tomorrow at 9 to send Sam the 3 photos",
            "send Sam the 3 photos", 1774648800),
        .init(
            "Australia/Lord_Howe", 1774580820, "Remind me to call the dentist in 20 minutes", "call the dentist",
            1774582020),
        .init(
            "Australia/Lord_Howe", 1774580820, "please remind me in 20 hours to buy milk & eggs", "buy milk & eggs",
            1774652820),
        .init(
            "Australia/Lord_Howe", 1774580820, "remind me next wednesday 5pm to pick up Zoë from school",
            "pick up Zoë from school", 1775023200),
        .init(
            "Australia/Lord_Howe", 1774580820, "Remind me to pay the rent on Wednesday at 18:30", "pay the rent",
            1775028600),
        .init(
            "Australia/Lord_Howe", 1774580820, "remind me on 9 January at noon to water the plants", "water the plants",
            1799456400),
        .init(
            "Australia/Lord_Howe", 1774580820, "remind me to check the oven, really on January 9, 2027 at 7:45 pm",
            "check the oven, really", 1799484300),
        .init(
            "Australia/Lord_Howe", 1774580820, "remind me 2027-01-09T06:05 to send Sam the 3 photos",
            "send Sam the 3 photos", 1799435100),
        .init(
            "Australia/Lord_Howe", 1774580820, "remind me tonight to call the dentist", "call the dentist", 1774602000),
        .init(
            "Australia/Lord_Howe", 1774580820, "remind me in two weeks to buy milk & eggs", "buy milk & eggs",
            1775773800),
        .init(
            "Australia/Lord_Howe", 1774580820, "remind me tomorrow at 18:30 New York time to pick up Zoë from school",
            "pick up Zoë from school", 1774650600),
        .init("Australia/Lord_Howe", 1772852820, "remind me tomorrow at 9 to pay the rent", "pay the rent", 1772920800),
        .init(
            "Australia/Lord_Howe", 1772852820, "Remind me to water the plants in 20 minutes", "water the plants",
            1772854020),
        .init(
            "Australia/Lord_Howe", 1772852820, "please remind me in 5 hours to check the oven, really",
            "check the oven, really", 1772870820),
        .init(
            "Australia/Lord_Howe", 1772852820, "remind me next friday 5pm to send Sam the 3 photos",
            "send Sam the 3 photos", 1773381600),
        .init(
            "Australia/Lord_Howe", 1772852820, "Remind me to call the dentist on Friday at 18:30", "call the dentist",
            1773387000),
        .init(
            "Australia/Lord_Howe", 1772852820, "remind me on 26 December at noon to buy milk & eggs", "buy milk & eggs",
            1798246800),
        .init(
            "Australia/Lord_Howe", 1772852820, "remind me to pick up Zoë from school on December 26, 2026 at 7:45 pm",
            "pick up Zoë from school", 1798274700),
        .init(
            "Australia/Lord_Howe", 1772852820, "remind me 2026-12-26T06:05 to pay the rent", "pay the rent", 1798225500),
        .init(
            "Australia/Lord_Howe", 1772852820, "remind me tonight to water the plants", "water the plants", 1772874000),
        .init(
            "Australia/Lord_Howe", 1772852820, "remind me in two weeks to check the oven, really",
            "check the oven, really", 1774044000),
        .init(
            "Australia/Lord_Howe", 1772852820, "remind me tomorrow at 18:30 New York time to send Sam the 3 photos",
            "send Sam the 3 photos", 1772926200),
        .init(
            "America/Los_Angeles", 1792789620, "remind me tomorrow at 9 to call the dentist", "call the dentist",
            1792857600),
        .init(
            "America/Los_Angeles", 1792789620, "Remind me to buy milk & eggs in 20 minutes", "buy milk & eggs",
            1792790820),
        .init(
            "America/Los_Angeles", 1792789620, "please remind me in 13 hours to pick up Zoë from school",
            "pick up Zoë from school", 1792836420),
        .init(
            "America/Los_Angeles", 1792789620, "remind me next monday 5pm to pay the rent", "pay the rent", 1793059200),
        .init(
            "America/Los_Angeles", 1792789620, "Remind me to water the plants on Monday at 18:30", "water the plants",
            1793064600),
        .init(
            "America/Los_Angeles", 1792789620, "remind me on 1 August at noon to check the oven, really",
            "check the oven, really", 1817146800),
        .init(
            "America/Los_Angeles", 1792789620, "remind me to send Sam the 3 photos on August 1, 2027 at 7:45 pm",
            "send Sam the 3 photos", 1817174700),
        .init(
            "America/Los_Angeles", 1792789620, "remind me 2027-08-01T06:05 to call the dentist", "call the dentist",
            1817125500),
        .init("America/Los_Angeles", 1792789620, "remind me tonight to buy milk & eggs", "buy milk & eggs", 1792810800),
        .init(
            "America/Los_Angeles", 1792789620, "remind me in two weeks to pick up Zoë from school",
            "pick up Zoë from school", 1793984400),
        .init(
            "America/Los_Angeles", 1792789620, "remind me tomorrow at 18:30 Berlin time to pay the rent",
            "pay the rent", 1792859400),
        .init(
            "America/Los_Angeles", 1793394420, "remind me tomorrow at 9 to water the plants", "water the plants",
            1793462400),
        .init(
            "America/Los_Angeles", 1793394420, "Remind me to check the oven, really in 20 minutes",
            "check the oven, really", 1793395620),
        .init(
            "America/Los_Angeles", 1793394420, "please remind me in 20 hours to send Sam the 3 photos",
            "send Sam the 3 photos", 1793466420),
        .init(
            "America/Los_Angeles", 1793394420, "remind me next monday 5pm to call the dentist", "call the dentist",
            1793667600),
        .init(
            "America/Los_Angeles", 1793394420, "Remind me to buy milk & eggs on Monday at 18:30", "buy milk & eggs",
            1793673000),
        .init(
            "America/Los_Angeles", 1793394420, "remind me on 14 February at noon to pick up Zoë from school",
            "pick up Zoë from school", 1802635200),
        .init(
            "America/Los_Angeles", 1793394420, "remind me to pay the rent on February 14, 2027 at 7:45 pm",
            "pay the rent", 1802663100),
        .init(
            "America/Los_Angeles", 1793394420, "remind me 2027-02-14T06:05 to water the plants", "water the plants",
            1802613900),
        .init(
            "America/Los_Angeles", 1793394420, "remind me tonight to check the oven, really", "check the oven, really",
            1793415600),
        .init(
            "America/Los_Angeles", 1793394420, "remind me in two weeks to send Sam the 3 photos",
            "send Sam the 3 photos", 1794589200),
        .init(
            "America/Los_Angeles", 1793394420, "remind me tomorrow at 18:30 London time to call the dentist",
            "call the dentist", 1793471400),
        .init(
            "America/Los_Angeles", 1775250420, "remind me tomorrow at 9 to buy milk & eggs", "buy milk & eggs",
            1775318400),
        .init(
            "America/Los_Angeles", 1775250420, "Remind me to pick up Zoë from school in 20 minutes",
            "pick up Zoë from school", 1775251620),
        .init(
            "America/Los_Angeles", 1775250420, "please remind me in 23 hours to pay the rent", "pay the rent",
            1775333220),
        .init(
            "America/Los_Angeles", 1775250420, "remind me next friday 5pm to water the plants", "water the plants",
            1775865600),
        .init(
            "America/Los_Angeles", 1775250420, "Remind me to check the oven, really on Friday at 18:30",
            "check the oven, really", 1775871000),
        .init(
            "America/Los_Angeles", 1775250420, "remind me on 9 November at noon to send Sam the 3 photos",
            "send Sam the 3 photos", 1794254400),
        .init(
            "America/Los_Angeles", 1775250420, "remind me to call the dentist on November 9, 2026 at 7:45 pm",
            "call the dentist", 1794282300),
        .init(
            "America/Los_Angeles", 1775250420, "remind me 2026-11-09T06:05 to buy milk & eggs", "buy milk & eggs",
            1794233100),
        .init(
            "America/Los_Angeles", 1775250420, "remind me tonight to pick up Zoë from school",
            "pick up Zoë from school", 1775271600),
        .init("America/Los_Angeles", 1775250420, "remind me in two weeks to pay the rent", "pay the rent", 1776441600),
        .init(
            "America/Los_Angeles", 1775250420, "remind me tomorrow at 18:30 Tokyo time to water the plants",
            "water the plants", 1775381400),
        .init(
            "Asia/Tokyo", 1790312820, "remind me tomorrow at 9 to check the oven, really", "check the oven, really",
            1790380800),
        .init(
            "Asia/Tokyo", 1790312820, "Remind me to send Sam the 3 photos in 20 minutes", "send Sam the 3 photos",
            1790314020),
        .init(
            "Asia/Tokyo", 1790312820, "please remind me in 16 hours to call the dentist", "call the dentist", 1790370420
        ),
        .init("Asia/Tokyo", 1790312820, "remind me next friday 5pm to buy milk & eggs", "buy milk & eggs", 1790928000),
        .init(
            "Asia/Tokyo", 1790312820, "Remind me to pick up Zoë from school on Friday at 18:30",
            "pick up Zoë from school", 1790933400),
        .init("Asia/Tokyo", 1790312820, "remind me on 17 May at noon to pay the rent", "pay the rent", 1810522800),
        .init(
            "Asia/Tokyo", 1790312820, "remind me to water the plants on May 17, 2027 at 7:45 pm", "water the plants",
            1810550700),
        .init(
            "Asia/Tokyo", 1790312820, "remind me 2027-05-17T06:05 to check the oven, really", "check the oven, really",
            1810501500),
        .init(
            "Asia/Tokyo", 1790312820, "remind me tonight to send Sam the 3 photos", "send Sam the 3 photos", 1790334000),
        .init("Asia/Tokyo", 1790312820, "remind me in two weeks to call the dentist", "call the dentist", 1791504000),
        .init(
            "Asia/Tokyo", 1790312820, "remind me tomorrow at 18:30 Tokyo time to buy milk & eggs", "buy milk & eggs",
            1790415000),
        .init(
            "Asia/Tokyo", 1798607220, "remind me tomorrow at 9 to pick up Zoë from school", "pick up Zoë from school",
            1798675200),
        .init("Asia/Tokyo", 1798607220, "Remind me to pay the rent in 20 minutes", "pay the rent", 1798608420),
        .init(
            "Asia/Tokyo", 1798607220, "please remind me in 11 hours to water the plants", "water the plants", 1798646820
        ),
        .init(
            "Asia/Tokyo", 1798607220, "remind me next tuesday 5pm to check the oven, really", "check the oven, really",
            1799136000),
        .init(
            "Asia/Tokyo", 1798607220, "Remind me to send Sam the 3 photos on Tuesday at 18:30", "send Sam the 3 photos",
            1799141400),
        .init(
            "Asia/Tokyo", 1798607220, "remind me on 3 April at noon to call the dentist", "call the dentist", 1806721200
        ),
        .init(
            "Asia/Tokyo", 1798607220, "remind me to buy milk & eggs on April 3, 2027 at 7:45 pm", "buy milk & eggs",
            1806749100),
        .init(
            "Asia/Tokyo", 1798607220, "remind me 2027-04-03T06:05 to pick up Zoë from school",
            "pick up Zoë from school", 1806699900),
        .init("Asia/Tokyo", 1798607220, "remind me tonight to pay the rent", "pay the rent", 1798628400),
        .init("Asia/Tokyo", 1798607220, "remind me in two weeks to water the plants", "water the plants", 1799798400),
        .init(
            "Asia/Tokyo", 1798607220, "remind me tomorrow at 18:30 New York time to check the oven, really",
            "check the oven, really", 1798759800),
        .init(
            "Asia/Tokyo", 1835240820, "remind me tomorrow at 9 to send Sam the 3 photos", "send Sam the 3 photos",
            1835308800),
        .init("Asia/Tokyo", 1835240820, "Remind me to call the dentist in 20 minutes", "call the dentist", 1835242020),
        .init(
            "Asia/Tokyo", 1835240820, "please remind me in 4 hours to buy milk & eggs", "buy milk & eggs", 1835255220),
        .init(
            "Asia/Tokyo", 1835240820, "remind me next friday 5pm to pick up Zoë from school", "pick up Zoë from school",
            1835683200),
        .init("Asia/Tokyo", 1835240820, "Remind me to pay the rent on Friday at 18:30", "pay the rent", 1835688600),
        .init(
            "Asia/Tokyo", 1835240820, "remind me on 31 July at noon to water the plants", "water the plants", 1848625200
        ),
        .init(
            "Asia/Tokyo", 1835240820, "remind me to check the oven, really on July 31, 2028 at 7:45 pm",
            "check the oven, really", 1848653100),
        .init(
            "Asia/Tokyo", 1835240820, "remind me 2028-07-31T06:05 to send Sam the 3 photos", "send Sam the 3 photos",
            1848603900),
        .init("Asia/Tokyo", 1835240820, "remind me tonight to call the dentist", "call the dentist", 1835262000),
        .init("Asia/Tokyo", 1835240820, "remind me in two weeks to buy milk & eggs", "buy milk & eggs", 1836432000),
        .init(
            "Asia/Tokyo", 1835240820, "remind me tomorrow at 18:30 London time to pick up Zoë from school",
            "pick up Zoë from school", 1835375400),
        .init("Africa/Casablanca", 1768482420, "remind me tomorrow at 9 to pay the rent", "pay the rent", 1768550400),
        .init(
            "Africa/Casablanca", 1768482420, "Remind me to water the plants in 20 minutes", "water the plants",
            1768483620),
        .init(
            "Africa/Casablanca", 1768482420, "please remind me in 30 hours to check the oven, really",
            "check the oven, really", 1768590420),
        .init(
            "Africa/Casablanca", 1768482420, "remind me next wednesday 5pm to send Sam the 3 photos",
            "send Sam the 3 photos", 1769011200),
        .init(
            "Africa/Casablanca", 1768482420, "Remind me to call the dentist on Wednesday at 18:30", "call the dentist",
            1769016600),
        .init(
            "Africa/Casablanca", 1768482420, "remind me on 3 September at noon to buy milk & eggs", "buy milk & eggs",
            1788433200),
        .init(
            "Africa/Casablanca", 1768482420, "remind me to pick up Zoë from school on September 3, 2026 at 7:45 pm",
            "pick up Zoë from school", 1788461100),
        .init(
            "Africa/Casablanca", 1768482420, "remind me 2026-09-03T06:05 to pay the rent", "pay the rent", 1788411900),
        .init("Africa/Casablanca", 1768482420, "remind me tonight to water the plants", "water the plants", 1768503600),
        .init(
            "Africa/Casablanca", 1768482420, "remind me in two weeks to check the oven, really",
            "check the oven, really", 1769673600),
        .init(
            "Africa/Casablanca", 1768482420, "remind me tomorrow at 18:30 Tokyo time to send Sam the 3 photos",
            "send Sam the 3 photos", 1768555800),
        .init(
            "Africa/Casablanca", 1774616820, "remind me tomorrow at 9 to call the dentist", "call the dentist",
            1774684800),
        .init(
            "Africa/Casablanca", 1774616820, "Remind me to buy milk & eggs in 20 minutes", "buy milk & eggs", 1774618020
        ),
        .init(
            "Africa/Casablanca", 1774616820, "please remind me in 21 hours to pick up Zoë from school",
            "pick up Zoë from school", 1774692420),
        .init("Africa/Casablanca", 1774616820, "remind me next monday 5pm to pay the rent", "pay the rent", 1774886400),
        .init(
            "Africa/Casablanca", 1774616820, "Remind me to water the plants on Monday at 18:30", "water the plants",
            1774891800),
        .init(
            "Africa/Casablanca", 1774616820, "remind me on 28 May at noon to check the oven, really",
            "check the oven, really", 1779966000),
        .init(
            "Africa/Casablanca", 1774616820, "remind me to send Sam the 3 photos on May 28, 2026 at 7:45 pm",
            "send Sam the 3 photos", 1779993900),
        .init(
            "Africa/Casablanca", 1774616820, "remind me 2026-05-28T06:05 to call the dentist", "call the dentist",
            1779944700),
        .init("Africa/Casablanca", 1774616820, "remind me tonight to buy milk & eggs", "buy milk & eggs", 1774638000),
        .init(
            "Africa/Casablanca", 1774616820, "remind me in two weeks to pick up Zoë from school",
            "pick up Zoë from school", 1775808000),
        .init(
            "Africa/Casablanca", 1774616820, "remind me tomorrow at 18:30 London time to pay the rent", "pay the rent",
            1774722600),
        .init(
            "Africa/Casablanca", 1772892420, "remind me tomorrow at 9 to water the plants", "water the plants",
            1772960400),
        .init(
            "Africa/Casablanca", 1772892420, "Remind me to check the oven, really in 20 minutes",
            "check the oven, really", 1772893620),
        .init(
            "Africa/Casablanca", 1772892420, "please remind me in 7 hours to send Sam the 3 photos",
            "send Sam the 3 photos", 1772917620),
        .init(
            "Africa/Casablanca", 1772892420, "remind me next sunday 5pm to call the dentist", "call the dentist",
            1773594000),
        .init(
            "Africa/Casablanca", 1772892420, "Remind me to buy milk & eggs on Sunday at 18:30", "buy milk & eggs",
            1772994600),
        .init(
            "Africa/Casablanca", 1772892420, "remind me on 31 August at noon to pick up Zoë from school",
            "pick up Zoë from school", 1788174000),
        .init(
            "Africa/Casablanca", 1772892420, "remind me to pay the rent on August 31, 2026 at 7:45 pm", "pay the rent",
            1788201900),
        .init(
            "Africa/Casablanca", 1772892420, "remind me 2026-08-31T06:05 to water the plants", "water the plants",
            1788152700),
        .init(
            "Africa/Casablanca", 1772892420, "remind me tonight to check the oven, really", "check the oven, really",
            1772913600),
        .init(
            "Africa/Casablanca", 1772892420, "remind me in two weeks to send Sam the 3 photos", "send Sam the 3 photos",
            1774083600),
        .init(
            "Africa/Casablanca", 1772892420, "remind me tomorrow at 18:30 New York time to call the dentist",
            "call the dentist", 1773009000),
        .init(
            "America/St_Johns", 1792773420, "remind me tomorrow at 9 to buy milk & eggs", "buy milk & eggs", 1792841400),
        .init(
            "America/St_Johns", 1792773420, "Remind me to pick up Zoë from school in 20 minutes",
            "pick up Zoë from school", 1792774620),
        .init(
            "America/St_Johns", 1792773420, "please remind me in 17 hours to pay the rent", "pay the rent", 1792834620),
        .init(
            "America/St_Johns", 1792773420, "remind me next thursday 5pm to water the plants", "water the plants",
            1793302200),
        .init(
            "America/St_Johns", 1792773420, "Remind me to check the oven, really on Thursday at 18:30",
            "check the oven, really", 1793307600),
        .init(
            "America/St_Johns", 1792773420, "remind me on 14 November at noon to send Sam the 3 photos",
            "send Sam the 3 photos", 1794670200),
        .init(
            "America/St_Johns", 1792773420, "remind me to call the dentist on November 14, 2026 at 7:45 pm",
            "call the dentist", 1794698100),
        .init(
            "America/St_Johns", 1792773420, "remind me 2026-11-14T06:05 to buy milk & eggs", "buy milk & eggs",
            1794648900),
        .init(
            "America/St_Johns", 1792773420, "remind me tonight to pick up Zoë from school", "pick up Zoë from school",
            1792794600),
        .init("America/St_Johns", 1792773420, "remind me in two weeks to pay the rent", "pay the rent", 1793968200),
        .init(
            "America/St_Johns", 1792773420, "remind me tomorrow at 18:30 Berlin time to water the plants",
            "water the plants", 1792859400),
        .init(
            "America/St_Johns", 1793378220, "remind me tomorrow at 9 to check the oven, really",
            "check the oven, really", 1793446200),
        .init(
            "America/St_Johns", 1793378220, "Remind me to send Sam the 3 photos in 20 minutes", "send Sam the 3 photos",
            1793379420),
        .init(
            "America/St_Johns", 1793378220, "please remind me in 26 hours to call the dentist", "call the dentist",
            1793471820),
        .init(
            "America/St_Johns", 1793378220, "remind me next friday 5pm to buy milk & eggs", "buy milk & eggs",
            1793997000),
        .init(
            "America/St_Johns", 1793378220, "Remind me to pick up Zoë from school on Friday at 18:30",
            "pick up Zoë from school", 1794002400),
        .init(
            "America/St_Johns", 1793378220, "remind me on 21 August at noon to pay the rent", "pay the rent", 1818858600
        ),
        .init(
            "America/St_Johns", 1793378220, "remind me to water the plants on August 21, 2027 at 7:45 pm",
            "water the plants", 1818886500),
        .init(
            "America/St_Johns", 1793378220, "remind me 2027-08-21T06:05 to check the oven, really",
            "check the oven, really", 1818837300),
        .init(
            "America/St_Johns", 1793378220, "remind me tonight to send Sam the 3 photos", "send Sam the 3 photos",
            1793399400),
        .init(
            "America/St_Johns", 1793378220, "remind me in two weeks to call the dentist", "call the dentist", 1794573000
        ),
        .init(
            "America/St_Johns", 1793378220, "remind me tomorrow at 18:30 Tokyo time to buy milk & eggs",
            "buy milk & eggs", 1793525400),
        .init(
            "America/St_Johns", 1775234220, "remind me tomorrow at 9 to pick up Zoë from school",
            "pick up Zoë from school", 1775302200),
        .init("America/St_Johns", 1775234220, "Remind me to pay the rent in 20 minutes", "pay the rent", 1775235420),
        .init(
            "America/St_Johns", 1775234220, "please remind me in 12 hours to water the plants", "water the plants",
            1775277420),
        .init(
            "America/St_Johns", 1775234220, "remind me next saturday 5pm to check the oven, really",
            "check the oven, really", 1775935800),
        .init(
            "America/St_Johns", 1775234220, "Remind me to send Sam the 3 photos on Saturday at 18:30",
            "send Sam the 3 photos", 1775336400),
        .init(
            "America/St_Johns", 1775234220, "remind me on 1 October at noon to call the dentist", "call the dentist",
            1790865000),
        .init(
            "America/St_Johns", 1775234220, "remind me to buy milk & eggs on October 1, 2026 at 7:45 pm",
            "buy milk & eggs", 1790892900),
        .init(
            "America/St_Johns", 1775234220, "remind me 2026-10-01T06:05 to pick up Zoë from school",
            "pick up Zoë from school", 1790843700),
        .init("America/St_Johns", 1775234220, "remind me tonight to pay the rent", "pay the rent", 1775255400),
        .init(
            "America/St_Johns", 1775234220, "remind me in two weeks to water the plants", "water the plants", 1776425400
        ),
        .init(
            "America/St_Johns", 1775234220, "remind me tomorrow at 18:30 London time to check the oven, really",
            "check the oven, really", 1775323800),
        .init(
            "Pacific/Auckland", 1790302020, "remind me tomorrow at 9 to send Sam the 3 photos", "send Sam the 3 photos",
            1790370000),
        .init(
            "Pacific/Auckland", 1790302020, "Remind me to call the dentist in 20 minutes", "call the dentist",
            1790303220),
        .init(
            "Pacific/Auckland", 1790302020, "please remind me in 20 hours to buy milk & eggs", "buy milk & eggs",
            1790374020),
        .init(
            "Pacific/Auckland", 1790302020, "remind me next sunday 5pm to pick up Zoë from school",
            "pick up Zoë from school", 1791086400),
        .init(
            "Pacific/Auckland", 1790302020, "Remind me to pay the rent on Sunday at 18:30", "pay the rent", 1790487000),
        .init(
            "Pacific/Auckland", 1790302020, "remind me on 18 May at noon to water the plants", "water the plants",
            1810598400),
        .init(
            "Pacific/Auckland", 1790302020, "remind me to check the oven, really on May 18, 2027 at 7:45 pm",
            "check the oven, really", 1810626300),
        .init(
            "Pacific/Auckland", 1790302020, "remind me 2027-05-18T06:05 to send Sam the 3 photos",
            "send Sam the 3 photos", 1810577100),
        .init("Pacific/Auckland", 1790302020, "remind me tonight to call the dentist", "call the dentist", 1790323200),
        .init(
            "Pacific/Auckland", 1790302020, "remind me in two weeks to buy milk & eggs", "buy milk & eggs", 1791489600),
        .init(
            "Pacific/Auckland", 1790302020, "remind me tomorrow at 18:30 Berlin time to pick up Zoë from school",
            "pick up Zoë from school", 1790440200),
        .init("Pacific/Auckland", 1798592820, "remind me tomorrow at 9 to pay the rent", "pay the rent", 1798660800),
        .init(
            "Pacific/Auckland", 1798592820, "Remind me to water the plants in 20 minutes", "water the plants",
            1798594020),
        .init(
            "Pacific/Auckland", 1798592820, "please remind me in 28 hours to check the oven, really",
            "check the oven, really", 1798693620),
        .init(
            "Pacific/Auckland", 1798592820, "remind me next monday 5pm to send Sam the 3 photos",
            "send Sam the 3 photos", 1799035200),
        .init(
            "Pacific/Auckland", 1798592820, "Remind me to call the dentist on Monday at 18:30", "call the dentist",
            1799040600),
        .init(
            "Pacific/Auckland", 1798592820, "remind me on 19 May at noon to buy milk & eggs", "buy milk & eggs",
            1810684800),
        .init(
            "Pacific/Auckland", 1798592820, "remind me to pick up Zoë from school on May 19, 2027 at 7:45 pm",
            "pick up Zoë from school", 1810712700),
        .init("Pacific/Auckland", 1798592820, "remind me 2027-05-19T06:05 to pay the rent", "pay the rent", 1810663500),
        .init("Pacific/Auckland", 1798592820, "remind me tonight to water the plants", "water the plants", 1798614000),
        .init(
            "Pacific/Auckland", 1798592820, "remind me in two weeks to check the oven, really",
            "check the oven, really", 1799784000),
        .init(
            "Pacific/Auckland", 1798592820, "remind me tomorrow at 18:30 London time to send Sam the 3 photos",
            "send Sam the 3 photos", 1798741800),
        .init(
            "Pacific/Auckland", 1835226420, "remind me tomorrow at 9 to call the dentist", "call the dentist",
            1835294400),
        .init(
            "Pacific/Auckland", 1835226420, "Remind me to buy milk & eggs in 20 minutes", "buy milk & eggs", 1835227620),
        .init(
            "Pacific/Auckland", 1835226420, "please remind me in 24 hours to pick up Zoë from school",
            "pick up Zoë from school", 1835312820),
        .init(
            "Pacific/Auckland", 1835226420, "remind me next saturday 5pm to pay the rent", "pay the rent", 1835755200),
        .init(
            "Pacific/Auckland", 1835226420, "Remind me to water the plants on Saturday at 18:30", "water the plants",
            1835760600),
        .init(
            "Pacific/Auckland", 1835226420, "remind me on 2 April at noon to check the oven, really",
            "check the oven, really", 1838246400),
        .init(
            "Pacific/Auckland", 1835226420, "remind me to send Sam the 3 photos on April 2, 2028 at 7:45 pm",
            "send Sam the 3 photos", 1838274300),
        .init(
            "Pacific/Auckland", 1835226420, "remind me 2028-04-02T06:05 to call the dentist", "call the dentist",
            1838225100),
        .init("Pacific/Auckland", 1835226420, "remind me tonight to buy milk & eggs", "buy milk & eggs", 1835247600),
        .init(
            "Pacific/Auckland", 1835226420, "remind me in two weeks to pick up Zoë from school",
            "pick up Zoë from school", 1836417600),
        .init(
            "Pacific/Auckland", 1835226420, "remind me tomorrow at 18:30 Berlin time to pay the rent", "pay the rent",
            1835371800),
        .init("UTC", 1768486020, "remind me tomorrow at 9 to water the plants", "water the plants", 1768554000),
        .init(
            "UTC", 1768486020, "Remind me to check the oven, really in 20 minutes", "check the oven, really", 1768487220
        ),
        .init(
            "UTC", 1768486020, "please remind me in 25 hours to send Sam the 3 photos", "send Sam the 3 photos",
            1768576020),
        .init("UTC", 1768486020, "remind me next saturday 5pm to call the dentist", "call the dentist", 1769274000),
        .init("UTC", 1768486020, "Remind me to buy milk & eggs on Saturday at 18:30", "buy milk & eggs", 1768674600),
        .init(
            "UTC", 1768486020, "remind me on 24 June at noon to pick up Zoë from school", "pick up Zoë from school",
            1782302400),
        .init("UTC", 1768486020, "remind me to pay the rent on June 24, 2026 at 7:45 pm", "pay the rent", 1782330300),
        .init("UTC", 1768486020, "remind me 2026-06-24T06:05 to water the plants", "water the plants", 1782281100),
        .init("UTC", 1768486020, "remind me tonight to check the oven, really", "check the oven, really", 1768507200),
        .init(
            "UTC", 1768486020, "remind me in two weeks to send Sam the 3 photos", "send Sam the 3 photos", 1769677200),
        .init(
            "UTC", 1768486020, "remind me tomorrow at 18:30 London time to call the dentist", "call the dentist",
            1768588200),
        .init("UTC", 1774620420, "remind me tomorrow at 9 to buy milk & eggs", "buy milk & eggs", 1774688400),
        .init(
            "UTC", 1774620420, "Remind me to pick up Zoë from school in 20 minutes", "pick up Zoë from school",
            1774621620),
        .init("UTC", 1774620420, "please remind me in 11 hours to pay the rent", "pay the rent", 1774660020),
        .init("UTC", 1774620420, "remind me next saturday 5pm to water the plants", "water the plants", 1775322000),
        .init(
            "UTC", 1774620420, "Remind me to check the oven, really on Saturday at 18:30", "check the oven, really",
            1774722600),
        .init(
            "UTC", 1774620420, "remind me on 12 October at noon to send Sam the 3 photos", "send Sam the 3 photos",
            1791806400),
        .init(
            "UTC", 1774620420, "remind me to call the dentist on October 12, 2026 at 7:45 pm", "call the dentist",
            1791834300),
        .init("UTC", 1774620420, "remind me 2026-10-12T06:05 to buy milk & eggs", "buy milk & eggs", 1791785100),
        .init("UTC", 1774620420, "remind me tonight to pick up Zoë from school", "pick up Zoë from school", 1774641600),
        .init("UTC", 1774620420, "remind me in two weeks to pay the rent", "pay the rent", 1775811600),
        .init(
            "UTC", 1774620420, "remind me tomorrow at 18:30 Tokyo time to water the plants", "water the plants",
            1774690200),
        .init(
            "UTC", 1772892420, "remind me tomorrow at 9 to check the oven, really", "check the oven, really", 1772960400
        ),
        .init(
            "UTC", 1772892420, "Remind me to send Sam the 3 photos in 20 minutes", "send Sam the 3 photos", 1772893620),
        .init("UTC", 1772892420, "please remind me in 2 hours to call the dentist", "call the dentist", 1772899620),
        .init("UTC", 1772892420, "remind me next thursday 5pm to buy milk & eggs", "buy milk & eggs", 1773334800),
        .init(
            "UTC", 1772892420, "Remind me to pick up Zoë from school on Thursday at 18:30", "pick up Zoë from school",
            1773340200),
        .init("UTC", 1772892420, "remind me on 6 September at noon to pay the rent", "pay the rent", 1788696000),
        .init(
            "UTC", 1772892420, "remind me to water the plants on September 6, 2026 at 7:45 pm", "water the plants",
            1788723900),
        .init(
            "UTC", 1772892420, "remind me 2026-09-06T06:05 to check the oven, really", "check the oven, really",
            1788674700),
        .init("UTC", 1772892420, "remind me tonight to send Sam the 3 photos", "send Sam the 3 photos", 1772913600),
        .init("UTC", 1772892420, "remind me in two weeks to call the dentist", "call the dentist", 1774083600),
        .init(
            "UTC", 1772892420, "remind me tomorrow at 18:30 New York time to buy milk & eggs", "buy milk & eggs",
            1773009000),
        .init("Europe/Berlin", 1774695600, "remind me tomorrow at 02:30 to wake up", "wake up", 1774747800),
        .init("Europe/Berlin", 1774695600, "remind me to wake up on 29 March 2026 at 02:30", "wake up", 1774747800),
        .init("Europe/Berlin", 1792836000, "remind me tomorrow at 02:30 to wake up", "wake up", 1792888200),
        .init("Europe/Berlin", 1792836000, "remind me to wake up on 25 October 2026 at 02:30", "wake up", 1792888200),
        .init("America/New_York", 1772902800, "remind me tomorrow at 02:15 to wake up", "wake up", 1772954100),
        .init("America/New_York", 1772902800, "remind me to wake up on 8 March 2026 at 02:15", "wake up", 1772954100),
        .init("America/New_York", 1793462400, "remind me tomorrow at 01:30 to wake up", "wake up", 1793511000),
        .init(
            "America/New_York", 1793462400, "remind me to wake up on 1 November 2026 at 01:30", "wake up", 1793511000),
        .init("Australia/Lord_Howe", 1790991000, "remind me tomorrow at 02:10 to wake up", "wake up", 1791042000),
        .init(
            "Australia/Lord_Howe", 1790991000, "remind me to wake up on 4 October 2026 at 02:10", "wake up", 1791042000),
        .init("Australia/Lord_Howe", 1775264400, "remind me tomorrow at 01:45 to wake up", "wake up", 1775313900),
        .init(
            "Australia/Lord_Howe", 1775264400, "remind me to wake up on 5 April 2026 at 01:45", "wake up", 1775313900),
        .init("America/St_Johns", 1772897400, "remind me tomorrow at 02:05 to wake up", "wake up", 1772948100),
        .init("America/St_Johns", 1772897400, "remind me to wake up on 8 March 2026 at 02:05", "wake up", 1772948100),
        .init("Pacific/Auckland", 1790380800, "remind me tomorrow at 02:59 to wake up", "wake up", 1790434740),
        .init(
            "Pacific/Auckland", 1790380800, "remind me to wake up on 27 September 2026 at 02:59", "wake up", 1790434740),
        .init("Pacific/Auckland", 1775257200, "remind me tomorrow at 02:00 to wake up", "wake up", 1775307600),
        .init("Pacific/Auckland", 1775257200, "remind me to wake up on 5 April 2026 at 02:00", "wake up", 1775307600),
        .init("Africa/Casablanca", 1771066800, "remind me tomorrow at 02:30 to wake up", "wake up", 1771119000),
        .init(
            "Africa/Casablanca", 1771066800, "remind me to wake up on 15 February 2026 at 02:30", "wake up", 1771119000),
        .init("America/Los_Angeles", 1804968000, "remind me tomorrow at 02:00 to wake up", "wake up", 1805018400),
        .init(
            "America/Los_Angeles", 1804968000, "remind me to wake up on 14 March 2027 at 02:00", "wake up", 1805018400),
        .init("Europe/London", 1774699200, "remind me tomorrow at 01:00 to wake up", "wake up", 1774746000),
        .init("Europe/London", 1774699200, "remind me to wake up on 29 March 2026 at 01:00", "wake up", 1774746000),
        .init("Europe/London", 1792839600, "remind me tomorrow at 01:59 to wake up", "wake up", 1792889940),
        .init("Europe/London", 1792839600, "remind me to wake up on 25 October 2026 at 01:59", "wake up", 1792889940),
        .init("Europe/Berlin", 1774702800, "remind me in 24 hours to stretch", "stretch", 1774789200),
        .init("Europe/Berlin", 1774702800, "remind me in one day at 14:00 to stretch", "stretch", 1774785600),
    ]
}
