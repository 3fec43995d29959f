using System.ComponentModel.DataAnnotations;
using AccessFunctions.Integrations.People;
using AccessFunctions.Integrations.People.Graph;
using Xunit;

namespace AccessFunctions.Integrations.Tests.People;

public sealed class SourceOptionsTests
{
    private const string Long = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData(Long, null, null)]
    [InlineData(" " + Long + " ", "https://login.example.com", null)]
    [InlineData("", null, null)]
    [InlineData("0123456789abcdef", null, "at least 32 characters")]
    [InlineData("0123456789abcdef 0123456789abcdef", null, "no blanks")]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/scim-token)", null, "could not be resolved")]
    [InlineData(Long, "login", "Scim:Issuer")]
    public void Scim_IsChecked_AndTellsNoToken(string token, string? issuer, string? fault)
    {
        var faults = Faults(new ScimOptions { Tokens = [token], Issuer = issuer });
        if (fault is null) Assert.Empty(faults);
        else Assert.Contains(fault, Assert.Single(faults), StringComparison.Ordinal);
        Assert.All(faults, words => Assert.DoesNotContain("0123456789abcdef", words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("02bd9fd6-8f93-4758-87c3-1fb73740a315, 06f62f70-9827-4e6e-93ef-8e0f2d9b7b23", null, "https://graph.microsoft.us", null)]
    [InlineData("cooks", null, "https://graph.microsoft.com", "object ids")]
    [InlineData("", "secret", "https://graph.microsoft.com", "belong together")]
    [InlineData("", null, "http://graph.microsoft.com", "https address")]
    public void Graph_IsChecked(string groups, string? secret, string endpoint, string? fault)
    {
        var faults = Faults(new DirectoryGraphOptions { Groups = [groups], ClientSecret = secret, Endpoint = endpoint });
        if (fault is null) Assert.Empty(faults);
        else Assert.Contains(fault, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Graph_TakesSeveralGroupsInOneSetting_AndAsManyAsOneQuestionMayName()
    {
        var ids = Enumerable.Range(0, DirectoryGraphOptions.MostGroups + 1).Select(static _ => Guid.NewGuid().ToString()).ToList();
        Assert.Equal(51, new DirectoryGraphOptions { Groups = [string.Join(",", ids)] }.GivenGroups.Count);
        Assert.Contains("at most 50", Assert.Single(Faults(new DirectoryGraphOptions { Groups = ids })), StringComparison.Ordinal);
        Assert.Empty(Faults(new DirectoryGraphOptions { Groups = [.. ids.Skip(1)] }));
    }

    private static List<string> Faults(object options)
    {
        List<ValidationResult> results = [];
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        return [.. results.Select(static result => result.ErrorMessage!)];
    }
}
