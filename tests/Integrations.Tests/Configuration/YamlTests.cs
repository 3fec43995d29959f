using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Configuration;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Configuration;

public sealed class YamlTests
{
    private const string Whole = """
        id: analysts
        name: Analysts
        priority: 10
        timeZone: Europe/Berlin
        members: ["group:analysts", alice]
        resources: [pg-prod/analytics*, "vault/[#USERNAME#]/*"]
        rules:
          Role: { mode: Approve }
          Session: { mode: Justify }
        reasons: [audit, incident]
        ticketPattern: CHG-\d+
        defaultDuration: 1h30m
        maxDuration: 8h
        accessWindows:
          - { days: [Mon, Friday], from: 08:00, to: "18:00", firstDate: 2026-01-01 }
        freezes:
          - { from: "2026-12-24T00:00:00Z", to: 2026-12-27T00:00:00+01:00, why: "year: end" }
        levels:
          - approvers: [manager]
            managerFallback: [bob]
            escalateAfter: 4h
            escalateTo: [carol]
          - approvers: ["role:Reviewer"]
            approvalsRequired: 2
            minimumAssurance: SignedIn
        roles: [reader, "yes"]
        allowEmergency: true
        """;

    private static (AccessGroup? Group, string[] Errors) Read(string text)
    {
        var errors = new List<ConfigurationError>();
        var group = GroupFile.Read(YamlDocument.Parse("a.yaml", text), errors);
        return (group, [.. errors.Select(error => error.ToString())]);
    }

    [Fact]
    public void Group_IsReadWithTheApisNames()
    {
        var (group, errors) = Read(Whole);
        Assert.Empty(errors);
        Assert.Equal(("analysts", 10, "Europe/Berlin"), (group!.Id, group.Priority, group.TimeZone));
        Assert.Equal(Mode.Justify, group.Rules[AccessKind.Session].Mode);
        Assert.Equal(TimeSpan.FromMinutes(90), group.DefaultDuration);
        Assert.Equal([DayOfWeek.Monday, DayOfWeek.Friday], group.AccessWindows[0].Days);
        Assert.Equal(new TimeOnly(8, 0), group.AccessWindows[0].From);
        Assert.Equal(new DateOnly(2026, 1, 1), group.AccessWindows[0].FirstDate);
        Assert.Equal(new DateTimeOffset(2026, 12, 26, 23, 0, 0, TimeSpan.Zero), group.Freezes[0].To);
        Assert.Equal(TimeSpan.FromHours(4), group.Levels[0].EscalateAfter);
        Assert.Equal(Channel.SignedIn, group.Levels[1].MinimumAssurance);
        Assert.Equal(["reader", "yes"], group.Roles);
        Assert.True(group.AllowEmergency);
    }

    [Fact]
    public void WrittenGroup_ReadsBackTheSame()
    {
        var group = Read(Whole).Group!;
        group = group with
        {
            Description = "two\nlines: # and \"quotes\" \\ {x}",
            Reasons = ["null", "1", "true", "- a", "a: b", " blank ", "ü", "#x", "*", "&a", "!t", "08:00", ""],
            RemindEvery = TimeSpan.FromMinutes(90),
        };
        var text = GroupYaml.Write(group);
        var (again, errors) = Read(text);
        Assert.Empty(errors);
        Assert.Equivalent(group, again, strict: true);
        Assert.Equal(text, GroupYaml.Write(again!));
    }

    [Theory]
    [InlineData("id: a\ncolour: red", "a.yaml:2:1: colour: there is no field \"colour\" here")]
    [InlineData("id: a\nmember: [alice]", "a.yaml:2:1: member: there is no field \"member\" here: did you mean \"members\"?")]
    [InlineData("id: a\nMembers: [alice]", "did you mean \"members\"?")]
    [InlineData("id: a\nname: b\nid: c", "a.yaml:3:1: id: \"id\" is written twice: keep one")]
    [InlineData("name: a", "a.yaml:1:1: the field \"id\" is missing")]
    [InlineData("id: 1042", "a.yaml:1:5: id: must be text: put it in quotes")]
    [InlineData("id: a\npriority: high", "a.yaml:2:11: priority: must be a whole number")]
    [InlineData("id: a\nallowBatch: yes", "a.yaml:2:13: allowBatch: must be true or false")]
    [InlineData("id: a\nmembers: alice", "a.yaml:2:10: members: must be a list")]
    [InlineData("id: a\nmembers:", "a.yaml:2:1: members: a list is missing")]
    [InlineData("id: a\nmembers: [alice, ]\nroles: [~]", "a.yaml:3:9: roles[0]: a value is missing")]
    [InlineData("id: a\nrules: [Role]", "a.yaml:2:8: rules: must be fields with values")]
    [InlineData("id: a\nrules: { Roles: { mode: Approve } }", "a.yaml:2:10: rules.Roles: \"Roles\" is not one of: Credential, Session")]
    [InlineData("id: a\nrules: { Role: { mode: Maybe } }", "a.yaml:2:24: rules.Role.mode: must be one of: Allow, Justify, Approve")]
    [InlineData("id: a\nrules: { Role: { mode: 2 } }", "rules.Role.mode: must be one of")]
    [InlineData("id: a\nrules: { Role: {} }", "rules.Role: the field \"mode\" is missing")]
    [InlineData("id: a\nmaxDuration: 8 hours", "a.yaml:2:14: maxDuration: A duration is text such as \"8h\"")]
    [InlineData("id: a\nmaxDuration: 8", "maxDuration: A duration is text")]
    [InlineData("id: a\naccessWindows:\n  - { days: [Mon, Foo] }", "a.yaml:3:19: accessWindows[0].days[1]: A weekday is one of Mon")]
    [InlineData("id: a\naccessWindows:\n  - from: 24:00", "a.yaml:3:11: accessWindows[0].from: A time of day is text")]
    [InlineData("id: a\naccessWindows:\n  - lastDate: 2026-02-29", "accessWindows[0].lastDate: must be a date")]
    [InlineData("id: a\nfreezes:\n  - { from: tomorrow, to: 2026-01-01T00:00:00Z }", "freezes[0].from: must be an instant")]
    [InlineData("id: a\nfreezes:\n  - { to: 2026-01-01T00:00:00Z }", "a.yaml:3:5: freezes[0]: the field \"from\" is missing")]
    [InlineData("id: a\nlevels:\n  - approvers: [bob]\n    approvalsRequired: two", "a.yaml:4:24: levels[0].approvalsRequired: must be a whole number")]
    [InlineData("id: &x a\nname: *x", "a.yaml:1:5: not valid YAML: anchors (&name) are not supported")]
    [InlineData("id: !secret a", "tags (!name) are not supported")]
    [InlineData("id: a\n---\nid: b", "a.yaml:2:1: one document per file")]
    [InlineData("id: [a", "not valid YAML")]
    [InlineData("? [a]\n: b", "a field's name must be plain text")]
    [InlineData("", "a.yaml: the file is empty")]
    [InlineData("- id: a", "a.yaml:1:1: must be fields with values")]
    [InlineData("just text", "a.yaml:1:1: must be fields with values")]
    public void Fault_NamesFileLineColumnAndField(string text, string expected)
    {
        var (group, errors) = Read(text);
        Assert.Null(group);
        Assert.Contains(errors, error => error.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryFault_IsReportedAtOnce()
    {
        Assert.Equal(4, Read("id: 1\nmembers: x\nnope: 2\nmaxDuration: soon").Errors.Length);
    }

    [Fact]
    public void DeepNesting_IsRefused()
    {
        Assert.Contains(Read("id: " + new string('[', 10_000)).Errors, error => error.Contains("nested too deeply", StringComparison.Ordinal));
    }
}
