using AccessFunctions.Application.Channels.Replies;

namespace AccessFunctions.Application.Tests.Channels;

public sealed class AutomaticMailTests
{
    [Theory]
    [InlineData("Auto-Submitted", "auto-replied")]
    [InlineData("auto-submitted", "auto-generated; owner-email=\"x\"")]
    [InlineData("Auto-Submitted", "auto-replied (vacation)")]
    [InlineData("Auto-Submitted", "")]
    [InlineData("Precedence", "bulk")]
    [InlineData("Precedence", "List")]
    [InlineData("Precedence", "junk")]
    [InlineData("X-Auto-Response-Suppress", "DR, OOF, AutoReply")]
    [InlineData("X-Auto-Response-Suppress", "All")]
    [InlineData("Return-Path", "<>")]
    [InlineData("Return-Path", "< >")]
    [InlineData("List-Id", "<approvers.lists.example.com>")]
    [InlineData("X-Autoreply", "yes")]
    [InlineData("X-Failed-Recipients", "bob@example.com")]
    public void AMark_MakesItAutomatic(string name, string value) => Assert.True(AutomaticMail.Is(Mail(name, value)));

    [Theory]
    [InlineData("Auto-Submitted", "no")]
    [InlineData("Auto-Submitted", "No (really)")]
    [InlineData("Precedence", "first-class")]
    [InlineData("X-Auto-Response-Suppress", "None")]
    [InlineData("Return-Path", "<bob@example.com>")]
    [InlineData("X-Autoreply", "no")]
    [InlineData("Subject", "Auto-Submitted: auto-replied")]
    [InlineData("Feedback-ID", "1.eu-west-1.c2VydmljZQ==:AmazonSES")] // Amazon SES marks everything it relays, a person's mail too
    public void WhatPersonsSend_IsNot(string name, string value) => Assert.False(AutomaticMail.Is(Mail(name, value)));

    [Fact]
    public void ReportsAndDaemons_AreAutomatic()
    {
        Assert.True(AutomaticMail.Is(Mail("X", "") with { MediaType = "multipart/report" }));
        Assert.True(AutomaticMail.Is(Mail("X", "") with { From = ["MAILER-DAEMON@mx.example.com"] }));
        Assert.True(AutomaticMail.Is(Mail("X", "") with { From = ["bob@example.com", "noreply@example.com"] }));
        Assert.False(AutomaticMail.Is(Mail("X", "") with { From = ["noreply.bob@example.com"] }));
    }

    private static InboundMail Mail(string name, string value) => new()
    {
        Fingerprint = new string('0', 64),
        Fields = [new MailField(name, value)],
        From = ["bob@example.com"],
        Recipients = [],
        Text = new Lazy<string>(""),
    };
}
