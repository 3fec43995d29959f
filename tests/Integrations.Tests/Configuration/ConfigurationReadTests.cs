using AccessFunctions.Application.Directory;
using AccessFunctions.Integrations.Configuration;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Configuration;

/// <summary>What a folder says, and what is told of one that is broken at the first start.</summary>
public sealed class ConfigurationReadTests : ConfigurationScene
{
    [Fact]
    public async Task Folder_IsReadAsAWhole()
    {
        using var folder = await Open();
        Assert.Empty(folder.Problems);
        Assert.Equal("analysts", Assert.Single(folder.Groups.All).Group.Id);
        var people = folder.Directory.Current;
        Assert.Equal("alice", people.Find(new Credential("https://id", "a1"))!.Id);
        Assert.Equal(["alice"], people.Members("analysts"));
        Assert.Equal(["dave"], people.WithRole(Roles.Admin));
        Assert.Equal(["vault", "manual"], folder.Platforms.Select(platform => platform.Name));
    }

    [Theory]
    [InlineData("people.yaml", "people: [{ id: alice }]", "people.yaml:1:10: people[0]: the field \"name\" is missing")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A }\n  - { id: a, name: B }", "people.yaml:3:11: people[1].id: \"a\" is also people[0]: ids must differ")]
    [InlineData("people.yaml", "people:\n  - { id: alice, name: A, manager: x }", "people.yaml:2:36: people[0].manager: there is no person \"x\"")]
    [InlineData("people.yaml", "people:\n  - { id: manager, name: A }", "people[0].id: an id has")]
    [InlineData("people.yaml", "people:\n  - { id: \"a:b\", name: A }", "people[0].id: an id has")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, userName: \"*\" }", "people[0].userName: a user name cannot")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, roles: [Boss] }", "people[0].roles[0]: must be one of: Admin, Auditor, Reviewer")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, email: nobody }", "people[0].email: this is not an e-mail address")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, identities: { \"x/y\": b } }", "identities.x/y")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, credentials: [{ issuer: i, subject: s }] }\n  - { id: b, name: B, credentials: [{ issuer: i, subject: s }] }", "one credential names one person")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, slackUserId: U0A }\n  - { id: b, name: B, slackUserId: U0A }", "one Slack user is one person")]
    [InlineData("people.yaml", "people:\n  - { id: a, name: A, slackUserId: '@ann' }", "this is not a Slack member id")]
    [InlineData("people.yaml", "persons: []", "write \"people:\"")]
    [InlineData("platforms.yaml", "platforms: [{ name: x, type: oracle }]", "platforms.yaml:1:30: platforms[0].type: must be one of: ")]
    [InlineData("platforms.yaml", "platforms: [{ type: vault }]", "platforms[0].name: a name is missing")]
    [InlineData("platforms.yaml", "platforms: [{ name: a/b, type: vault }]", "platforms[0].name: \"a/b\" cannot be a platform's name")]
    [InlineData("platforms.yaml", "platforms: [{ name: v, type: vault, secret: [] }]", "platforms[0].secret: there is no field \"secret\" here: did you mean \"secrets\"?")]
    [InlineData("platforms.yaml", "platforms: [{ name: v, type: vault, secrets: [{ name: a }, { name: a }] }]", "platforms[0].secrets[1].name: \"a\" is named twice")]
    [InlineData("platforms.yaml", "platforms: [{ name: v, type: vault }, { name: v, type: manual }]", "platforms[1].name: \"v\" is the name of another platform")]
    [InlineData("access-groups/analysts.yaml", "id: analysts\nlevels:\n- approvers: [nobody]", "access-groups/analysts.yaml:3:15: levels[0].approvers[0]: there is no person \"nobody\"")]
    [InlineData("access-groups/other.yaml", Analysts, "access-groups/other.yaml:2:5: id: \"analysts\" is also the id in access-groups/analysts.yaml")]
    public async Task FirstStart_WithABrokenFile_FailsInWords(string file, string text, string expected)
    {
        Write(file, text);
        var error = await Assert.ThrowsAsync<ConfigurationException>(Open);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstStart_WithoutPeople_Fails()
    {
        File.Delete(PathOf("people.yaml"));
        Assert.Contains("people.yaml: the file is missing", (await Assert.ThrowsAsync<ConfigurationException>(Open)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstStart_WithSeatsNobodyCanFill_StartsAndSaysSo()
    {
        Write("people.yaml", People.Replace("id: bob, name: Bob", "id: bob, name: Bob, active: false", StringComparison.Ordinal));
        using var folder = await Open();
        Assert.Single(folder.Groups.All);
        Assert.Equal(["access-groups/analysts.yaml:6:12: approvers: \"bob\" has 0 members besides the requester, but approvalsRequired is 1"], Problems(folder));
    }

    [Fact]
    public void Check_FindsErrorsWithAndWithoutPeople()
    {
        Write("access-groups/bad.yaml", "id: bad\nmembers: [nobody]\nresources: [x]\n");
        var file = PathOf("access-groups/bad.yaml");
        Assert.Equal(
            [$"{file}:2:11: members[0]: there is no person \"nobody\"", $"{file}:3:13: resources[0]: \"x\" names no path: write platform/path, such as \"x/*\"", $"{file}:1:1: rules: name at least one kind of access and its mode, such as Role: {{ mode: Approve }}"],
            ConfigurationCheck.Groups([file]).Select(error => error.ToString()));
        Assert.Empty(ConfigurationCheck.Groups([PathOf("access-groups/analysts.yaml")]));

        File.Delete(PathOf("people.yaml"));
        Assert.Equal(2, ConfigurationCheck.Groups([file]).Count);
        Assert.Contains("cannot be read", Assert.Single(ConfigurationCheck.Groups([PathOf("none.yaml")])).ToString(), StringComparison.Ordinal);
    }
}
