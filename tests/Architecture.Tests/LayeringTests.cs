using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace AccessFunctions.Architecture.Tests;

/// <summary>Holds the projects to the one direction: Domain ← Application ← { Api, Integrations } ← { Embedded, Functions }.</summary>
public sealed partial class LayeringTests
{
    public static TheoryData<string, string[]> Allowed => new()
    {
        { "Domain", [] },
        { "Application", ["Domain"] },
        { "Api", ["Application", "Domain"] },
        { "Integrations", ["Application", "Domain"] },
        { "Embedded", ["Api", "Integrations", "Application", "Domain"] },
        { "Functions", ["Api", "Integrations", "Application", "Domain"] },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Project_References_PointOneWay(string project, string[] allowed)
    {
        var path = Path.Combine(Repository.Root, "src", project, $"AccessFunctions.{project}.csproj");
        var references = XDocument.Load(path).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')).Replace("AccessFunctions.", "", StringComparison.Ordinal));
        Assert.Empty(references.Except(allowed));
    }

    [Fact]
    public void Domain_ReferencesNoPackage()
    {
        var project = XDocument.Load(Path.Combine(Repository.Root, "src/Domain/AccessFunctions.Domain.csproj"));
        Assert.Empty(project.Descendants("PackageReference"));
        Assert.Empty(project.Descendants("FrameworkReference"));
    }

    [Fact]
    public void Domain_Source_HasNoClockNoIdsNoInputOrOutput()
    {
        var findings = Repository.Sources("src/Domain")
            .SelectMany(file => File.ReadLines(file).Select((line, index) => (file, line, index)))
            .Where(found => Impure().IsMatch(found.line) && !found.line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .Select(found => $"{Path.GetRelativePath(Repository.Root, found.file)}:{found.index + 1}: {found.line.Trim()}");
        Assert.Empty(findings);
    }

    [GeneratedRegex(@"DateTime(Offset)?\.(Utc)?Now|Guid\.NewGuid|\bILogger|HttpClient|\bFile\.|\bDirectory\.|TimeProvider|Random\.|RandomNumberGenerator|Environment\.|\bTask\b|async ")]
    private static partial Regex Impure();

    [Fact]
    public void EveryProject_IsInTheSolution_AndTheFilterLeavesOutWhatNeedsAzurePackagesOrABrowser()
    {
        var projects = Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('/', '\\')).Where(file => !file.Contains("\\obj\\", StringComparison.Ordinal)).ToList();
        var solution = Repository.Read("AccessFunctions.sln");
        var filter = Repository.Read("Embedded.slnf").Replace("\\\\", "\\", StringComparison.Ordinal);
        Assert.All(projects, project => Assert.Contains(project, solution, StringComparison.Ordinal));
        string[] leftOut = ["Functions\\", "Functions.Tests\\", "Browser.Tests\\"];
        Assert.All(projects, project => Assert.Equal(!leftOut.Any(folder => project.Contains(folder, StringComparison.Ordinal)), filter.Contains(project, StringComparison.Ordinal)));
    }

    [Fact]
    public void ArchitecturePage_NamesEveryProjectFolder()
    {
        var page = Repository.Read("docs/architecture.md");
        var folders = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Concat(Directory.EnumerateDirectories(Path.Combine(Repository.Root, "tests")))
            .Where(folder => Directory.EnumerateFiles(folder, "*.csproj").Any())
            .Select(folder => Path.GetRelativePath(Repository.Root, folder).Replace('\\', '/'));
        Assert.All(folders, folder => Assert.Contains(folder, page, StringComparison.Ordinal));
    }
}
