using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Directory.Provisioning;

namespace AccessFunctions.Application.Tests.Provisioning;

/// <summary>What comes from where: the rules of <see cref="DirectorySources"/>, one by one.</summary>
public sealed class DirectorySourcesTests
{
    private const string Issuer = "https://login.example.com";

    private static readonly SourceIssuers Issuers = new(new Dictionary<string, string> { [Sources.Scim] = Issuer, [Sources.Graph] = Issuer });

    private static readonly Person Dave = new()
    {
        Id = "dave",
        Name = "Dave",
        Email = "dave@file.example",
        Roles = [Roles.Admin],
        Groups = ["admins"],
        Credentials = [new Credential(Issuer, "d-1")],
        Identities = new Dictionary<string, string> { ["pg"] = "dave" },
    };

    [Fact]
    public void WithoutSources_TheFileIsAll()
    {
        IReadOnlyList<Person> file = [Dave];
        Assert.Same(file, DirectorySources.Merge(file, ProvisionedSnapshot.Empty, Issuers));
    }

    [Fact]
    public void AUser_WithTheCredentialOfAPersonOfTheFile_IsThatPerson_OfWhomTheFileHolds()
    {
        var merged = Merged([Dave], [User("u-1", "someone@else.example", "d-1") with { DisplayName = "Not Dave", Emails = [new("new@scim.example")], Manager = "u-2" }, User("u-2", "boss", "b-1")], Group("on call", "u-1"));
        var dave = merged["dave"];
        Assert.Equal(("Dave", "dave@file.example", "u-2", true), (dave.Name, dave.Email, dave.Manager, dave.Active));
        Assert.True(dave.ManagerIsProvisioned);
        Assert.False(Merged([Dave with { Manager = "boss" }], [User("u-1", "d", "d-1") with { Manager = "u-2" }, User("u-2", "b")])["dave"].ManagerIsProvisioned);
        Assert.Equal(["admins", "on call"], dave.Groups);
        Assert.Equal([Roles.Admin], dave.Roles);
        Assert.Same(Dave.Credentials, dave.Credentials);
        Assert.Same(Dave.Identities, dave.Identities);
        Assert.Equal(["dave", "u-2"], merged.Keys.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("dave", null, "d-9")] // the same name
    [InlineData("dave@file.example", "dave@file.example", "d-9")] // the same address
    [InlineData("dave", "dave@file.example", null)] // no credential
    public void AUser_WithAnythingButTheCredential_IsSomebodyElse(string userName, string? email, string? subject)
    {
        var merged = Merged([Dave], [User("u-1", userName, subject) with { Emails = email is null ? [] : [new(email)], Active = false }]);
        Assert.True(merged["dave"].Active);
        Assert.Empty(merged["u-1"].Roles);
        Assert.DoesNotContain(merged["u-1"].Credentials, credential => Dave.Credentials.Contains(credential));
    }

    [Fact]
    public void AUser_WhomTheFileNamesByTheirIdHere_IsThatPerson_WithTheFilesCredentials()
    {
        var merged = Merged([Dave with { Id = "u-1", Credentials = [] }], [User("u-1", "dave", "d-1") with { Active = false }]);
        Assert.Equal((false, 0, 1), (merged["u-1"].Active, merged["u-1"].Credentials.Count, merged.Count));
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)] // deleted
    public void APersonOfTheFile_WhoLeftTheSource_HasLeft(bool there, bool active, bool deleted)
    {
        Assert.False(Merged([Dave], [User("u-1", "dave", "d-1") with { Active = active && there, Deleted = deleted }])["dave"].Active);
        Assert.True(Merged([Dave], [User("u-1", "dave", "d-1")])["dave"].Active);
        Assert.False(Merged([Dave with { Active = false }], [User("u-1", "dave", "d-1")])["dave"].Active);
    }

    [Fact]
    public void WhoWasDeletedAndComesBack_IsSomebodyNew_AndAPersonOfTheFileIsThereAgain()
    {
        var (gone, back) = (User("u-1", "w", "s-1") with { Deleted = true, Active = false, DisplayName = "Walter" }, User("u-2", "w", "s-1", hours: 5));
        var merged = Merged([], [gone, back]);
        Assert.Equal((false, "Walter", 0), (merged["u-1"].Active, merged["u-1"].Name, merged["u-1"].Credentials.Count));
        Assert.Equal((true, 1), (merged["u-2"].Active, merged["u-2"].Credentials.Count));
        Assert.True(Merged([Dave with { Credentials = [new Credential(Issuer, "s-1")] }], [gone, back])["dave"].Active);
    }

    [Fact]
    public void UsersOfTwoSources_WithOneCredential_AreOnePerson_WithTheIdOfTheFirst()
    {
        var merged = Merged([], [User("g-1", "w", "s-1", hours: 3) with { Source = Sources.Graph, Manager = "g-2" }, User("u-1", "w", "s-1"), User("g-2", "boss", "s-2", hours: 3) with { Source = Sources.Graph }], Group("lab", "u-1"), Group("cooks", "g-1") with { Source = Sources.Graph });
        Assert.Equal(["g-2", "u-1"], merged.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("g-2", true), (merged["u-1"].Manager, merged["u-1"].ManagerIsProvisioned));
        Assert.Equal(["cooks", "lab"], merged["u-1"].Groups);
        Assert.False(Merged([], [User("g-1", "w", "s-1", hours: 3) with { Source = Sources.Graph, Active = false }, User("u-1", "w", "s-1")])["u-1"].Active);
    }

    [Fact]
    public void AGroup_ThatTheFileNames_IsTheFiles() => Assert.Empty(Merged([Dave], [User("u-1", "w", "s-1")], Group("admins", "u-1"))["u-1"].Groups);

    [Fact]
    public void GroupsInGroups_CountThrough_AndRingsEnd()
    {
        var merged = Merged([], [User("u-1", "w")], Group("inner", "u-1", "g:outer"), Group("outer", "g:inner"), Group("other"));
        Assert.Equal(["inner", "outer"], merged["u-1"].Groups);
    }

    [Theory]
    [InlineData("u-2")]
    [InlineData("b-1")]
    [InlineData("boss")]
    [InlineData("nobody", null)]
    [InlineData("u-1", null)] // themself
    public void AManager_IsFoundByIdOrExternalIdOrName(string manager, string? found = "u-2") =>
        Assert.Equal(found, Merged([], [User("u-1", "w", "s-1") with { Manager = manager }, User("u-2", "boss", "b-1")])["u-1"].Manager);

    [Fact]
    public void WithoutAnIssuer_NobodySignsIn() => Assert.Empty(DirectorySources.Merge([], Snapshot([User("u-1", "w", "s-1")]), SourceIssuers.None).Single().Credentials);

    private static Dictionary<string, Person> Merged(IReadOnlyList<Person> file, IReadOnlyList<ProvisionedUser> users, params ProvisionedGroup[] groups) =>
        new PeopleSnapshot(DirectorySources.Merge(file, Snapshot(users, groups), Issuers)).All.ToDictionary(static person => person.Id);

    private static ProvisionedSnapshot Snapshot(IReadOnlyList<ProvisionedUser> users, params ProvisionedGroup[] groups) => ProvisionedSnapshot.Empty.With(users, groups);

    private static ProvisionedUser User(string id, string name, string? external = null, int hours = 0) =>
        new() { Id = id, Source = Sources.Scim, Person = id, UserName = name, ExternalId = external, Created = DateTimeOffset.UnixEpoch.AddHours(hours), Modified = DateTimeOffset.UnixEpoch };

    private static ProvisionedGroup Group(string name, params string[] members) =>
        new() { Id = $"g:{name}", Source = Sources.Scim, DisplayName = name, Members = members, Created = DateTimeOffset.UnixEpoch, Modified = DateTimeOffset.UnixEpoch };
}
