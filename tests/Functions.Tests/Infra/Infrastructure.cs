namespace AccessFunctions.Functions.Tests.Infra;

/// <summary>The files that describe the infrastructure, by path from the repository's root; a test may change one in memory.</summary>
internal sealed class Infrastructure
{
    private readonly Dictionary<string, string> _texts;
    private readonly Dictionary<string, BicepFile> _files;

    private Infrastructure(Dictionary<string, string> texts)
    {
        _texts = texts;
        _files = texts.Where(static file => file.Key.EndsWith(".bicep", StringComparison.Ordinal)).ToDictionary(static file => file.Key, static file => BicepFile.Read(file.Key, file.Value));
    }

    public const string MainPath = "infra/main.bicep";
    public const string ParametersPath = "infra/main.parameters.json";
    public const string AzdPath = "azure.yaml";
    public const string PagePath = "docs/deployment.md";

    public static string Root { get; } = FindRoot();

    /// <summary>As it is in the checkout.</summary>
    public static Infrastructure Load() => new(Directory.EnumerateFiles(Path.Combine(Root, "infra"), "*", SearchOption.AllDirectories)
        .Select(static file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Concat([AzdPath, PagePath])
        .ToDictionary(static file => file, static file => File.ReadAllText(Path.Combine(Root, file)), StringComparer.Ordinal));

    public BicepFile Main => _files[MainPath];
    public IEnumerable<BicepFile> Files => _files.Values;
    public IReadOnlyDictionary<string, string> Texts => _texts;

    /// <summary>The file a module statement names, or null.</summary>
    public BicepFile? Module(BicepFile from, Declaration module) =>
        _files.GetValueOrDefault(Path.GetRelativePath(Root, Path.GetFullPath(Path.Combine(Root, Path.GetDirectoryName(from.Path)!, module.Type!))).Replace('\\', '/'));

    /// <summary>All resources of all files; not those that only refer to one.</summary>
    public IEnumerable<(BicepFile File, Declaration Resource)> Resources(string type) =>
        from file in Files
        from resource in file.Of("resource")
        where !resource.Existing && resource.Type!.Split('@')[0] == type
        select (file, resource);

    /// <summary>A copy with one place changed.</summary>
    public Infrastructure With(string path, string old, string replacement)
    {
        var text = _texts[path];
        if (text.Split(old).Length != 2) throw new ArgumentException($"{path} has not exactly one \"{old}\".", nameof(old));
        return new Infrastructure(new Dictionary<string, string>(_texts, StringComparer.Ordinal) { [path] = text.Replace(old, replacement, StringComparison.Ordinal) });
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AccessFunctions.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
    }
}
