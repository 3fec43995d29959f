using System.Collections.Frozen;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// A folder with <c>people.yaml</c>, <c>platforms.yaml</c> (and <c>platforms-*.yaml</c>) and <c>access-groups/*.yaml</c>, in force and
/// re-read when it changes. A broken file leaves its last good version in force and is named in <see cref="Problems"/>; a group file
/// that is deleted is a group that is gone.
/// </summary>
public sealed partial class ConfigurationFolder : IDisposable
{
    private readonly string _folder;
    private readonly Func<string, string?> _variable;
    private readonly ILogger<ConfigurationFolder> _logger;
    private readonly IPeopleOverlay _overlay;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly FileCache<IReadOnlyList<Person>> _people;
    private readonly FileCache<AccessGroup> _groups;
    private readonly FileCache<IReadOnlyList<PlatformSettings>> _platforms;
    private readonly FolderWatch _watch;
    private readonly ProvisionedPeople? _provisioned;
    private readonly RunTimePlatforms? _runTime;
    private (IReadOnlyList<Person> Written, ProvisionedSnapshot Provisioned, IReadOnlyList<Person> People)? _merged;
    private volatile ConfigurationSnapshot _current;
    private volatile IReadOnlyList<ConfigurationError> _problems = [];
    private IReadOnlyList<ConfigurationError> _broken = [];

    private ConfigurationFolder(
        string folder, IPeopleOverlay overlay, Func<string, string?> variable, TimeProvider time, ILogger<ConfigurationFolder> logger, ILastGoodFiles? lastGood, ProvisionedPeople? provisioned,
        RunTimePlatforms? runTime)
    {
        (_provisioned, _runTime) = (provisioned, runTime);
        (_people, _groups, _platforms) = (new(lastGood), new(lastGood), new(lastGood));
        (_folder, _overlay, _variable, _logger) = (Path.GetFullPath(folder), overlay, variable, logger);
        _current = new ConfigurationSnapshot
        {
            Written = [],
            People = [],
            Overlay = PeopleOverlay.Empty,
            Directory = PeopleSnapshot.Empty,
            Groups = [],
            Sources = FrozenDictionary<string, GroupSource>.Empty,
            FilePlatforms = [],
            RunTime = [],
            Outdated = [],
            Platforms = [],
        };
        Groups = new FileAccessGroups(this);
        Directory = new FilePeople(this, overlay);
        PlatformDocuments = runTime is null ? null : new EditablePlatforms(this, runTime, variable);
        _watch = new FolderWatch(_folder, time, () => ReadAgain(CancellationToken.None), logger);
    }

    /// <summary>The folder's whole path.</summary>
    public string Root => _folder;

    /// <summary>The access groups in force.</summary>
    public IAccessGroups Groups { get; }

    /// <summary>The people in force, with what was set at run time.</summary>
    public IDirectory Directory { get; }

    /// <summary>The platforms in force, and those that were taken away at run time (<see cref="PlatformSettings.Gone"/>).</summary>
    public IReadOnlyList<PlatformSettings> Platforms => _current.Platforms;

    /// <summary>The platforms as documents that change at run time; null: the files alone say which there are.</summary>
    public EditablePlatforms? PlatformDocuments { get; }

    /// <summary>What is wrong with the files as they are now; empty where all are in force as written. For readiness and for people.</summary>
    public IReadOnlyList<ConfigurationError> Problems => _problems;

    /// <summary>Raised after anything in force was replaced.</summary>
    public event Action? Changed;

    /// <summary>Raised after that, with what is different now.</summary>
    public event Action<ConfigurationChange>? Replaced;

    /// <summary>Everything that is in force, by name and version: what differs between two starts was changed while nobody served.</summary>
    public IReadOnlyDictionary<string, string> InForce => ConfigurationChange.InForce(_current);

    /// <summary>Raised with what is newly broken, and so was not put in force.</summary>
    public event Action<IReadOnlyList<ConfigurationError>>? Refused;

    /// <summary>Raised after the people in force were replaced.</summary>
    internal event Action? PeopleChanged;

    internal ConfigurationSnapshot Current => _current;

    /// <summary>Reads the folder for the first time.</summary>
    /// <param name="variable">Reads an environment variable: <see cref="Environment.GetEnvironmentVariable(string)"/> in a host.</param>
    /// <param name="lastGood">Keeps the last good version of each file, for a start that finds one broken; null keeps none.</param>
    /// <param name="provisioned">What other sources say of people; null: there are none.</param>
    /// <param name="runTime">What was set of platforms at run time; null: they are not set then.</param>
    /// <exception cref="ConfigurationException">A file is broken and there is no last good version of it to go on with.</exception>
    public static async Task<ConfigurationFolder> Open(
        string folder, IPeopleOverlay overlay, Func<string, string?> variable, TimeProvider time, ILogger<ConfigurationFolder> logger, CancellationToken cancellation, ILastGoodFiles? lastGood = null,
        ProvisionedPeople? provisioned = null, RunTimePlatforms? runTime = null)
    {
        var opened = new ConfigurationFolder(folder, overlay, variable, time, logger, lastGood, provisioned, runTime);
        try
        {
            await opened.Entered(async () =>
            {
                opened.Read(await overlay.Load(cancellation), runTime is null ? [] : await runTime.Load(cancellation), first: true);
                await opened.Settle(cancellation);
            }, cancellation);
            if (provisioned is not null) provisioned.Replaced = opened.ReadAgain;
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Re-reads on every change from now on.</summary>
    public void Watch() => _watch.Start();

    /// <summary>Re-reads now. Broken files are reported in <see cref="Problems"/>, never thrown.</summary>
    public Task ReadAgain(CancellationToken cancellation) => Entered(async () =>
    {
        Read(_current.Overlay, _current.RunTime, first: false);
        await Settle(cancellation);
    }, cancellation);

    /// <summary>Reads again what was set of people and platforms at run time: another process may have set it.</summary>
    public Task ReadOverlayAgain(CancellationToken cancellation) => Entered(async () =>
    {
        var saved = await _overlay.Load(cancellation);
        if (!saved.SaysTheSameAs(_current.Overlay)) Read(saved, first: false);
        await ReadPlatforms(cancellation);
    }, cancellation);

    /// <summary>The same for platforms alone.</summary>
    public Task ReadPlatformsAgain(CancellationToken cancellation) => Entered(() => ReadPlatforms(cancellation), cancellation);

    /// <summary>Reads what was set of platforms. Only inside <see cref="Entered"/>.</summary>
    internal async Task ReadPlatforms(CancellationToken cancellation)
    {
        if (_runTime is null) return;
        var now = await _runTime.Load(cancellation);
        if (!now.SequenceEqual(_current.RunTime)) Read(_current.Overlay, now, first: false);
        await Settle(cancellation);
    }

    /// <summary>Stores what the files changed over as that: what they say later does not bring it back.</summary>
    private async Task Settle(CancellationToken cancellation)
    {
        if (_runTime is null || _current.Outdated.Count == 0) return;
        foreach (var outdated in _current.Outdated) _ = await _runTime.Save(outdated, cancellation);
        Read(_current.Overlay, await _runTime.Load(cancellation), first: false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _watch.Dispose();
        _gate.Dispose();
    }

    /// <summary>Runs alone among reads and changes; raises <see cref="Changed"/> afterwards where something was replaced, <see cref="Refused"/> where something is newly broken.</summary>
    internal async Task Entered(Func<Task> work, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        var before = _current;
        var known = _broken;
        try
        {
            await work();
        }
        finally
        {
            // Told also where the work failed after something was replaced: nobody would ever hear of it.
            IReadOnlyList<ConfigurationError> broken = [.. _broken.Except(known)];
            _gate.Release();
            Tell(before, broken);
        }
    }

    private void Tell(ConfigurationSnapshot before, IReadOnlyList<ConfigurationError> broken)
    {
        if (!ReferenceEquals(before.Directory, _current.Directory)) PeopleChanged?.Invoke();
        var now = _current;
        if (!ReferenceEquals(before, now))
        {
            Changed?.Invoke();
            if (Replaced is { } replaced && ConfigurationChange.Between(before, now) is { Things.Count: > 0 } change) replaced(change);
        }

        if (broken.Count > 0) Refused?.Invoke(broken);
    }

    /// <summary>The file that holds a group of that id, or would.</summary>
    internal string PathOf(string id) => _current.Sources.TryGetValue(id, out var source) ? source.Path : Path.Combine(_folder, GroupFile.Folder, $"{id}.yaml");

    /// <summary>Reads everything. Only inside <see cref="Entered"/>.</summary>
    internal void Read(PeopleOverlay overlay, bool first) => Read(overlay, _current.RunTime, first);

    /// <summary>Reads everything. Only inside <see cref="Entered"/>.</summary>
    internal void Read(PeopleOverlay overlay, IReadOnlyList<RunTimePlatform> runTime, bool first)
    {
        var (broken, lost) = (new List<ConfigurationError>(), new List<ConfigurationError>());
        var written = People(broken);
        var people = Merged(written);
        var same = ReferenceEquals(people, _current.People) && ReferenceEquals(overlay, _current.Overlay);
        var directory = same ? _current.Directory : ConfigurationSnapshot.Overlaid(people, overlay);
        var filePlatforms = PlatformSettings(broken);
        var overlaid = PlatformOverlay.Over(filePlatforms, runTime, first ? null : _current, _variable, broken, lost);
        var sources = GroupSources(new ApproverDirectory(directory), broken, lost);
        if (first && broken.Any(error => !IsInForce(error.File))) throw new ConfigurationException(broken);

        var next = new ConfigurationSnapshot
        {
            Written = written,
            People = people,
            Overlay = overlay,
            Directory = directory,
            Groups = [.. sources.OrderBy(source => source.Key, StringComparer.Ordinal).Select(source => source.Value.Stored)],
            Sources = sources.ToFrozenDictionary(StringComparer.Ordinal),
            FilePlatforms = filePlatforms,
            RunTime = runTime,
            Outdated = overlaid.Outdated,
            Platforms = overlaid.Platforms,
        };
        if (first || !Same(_current, next)) _current = next;
        _broken = broken;
        Report([.. broken, .. lost]);
    }

    /// <summary>The same list for as long as neither part changes.</summary>
    private IReadOnlyList<Person> Merged(IReadOnlyList<Person> written)
    {
        if (_provisioned is not { Current: var provisioned } sources) return written;
        if (_merged is not var (before, known, _) || !ReferenceEquals(before, written) || !ReferenceEquals(known, provisioned)) _merged = (written, provisioned, DirectorySources.Merge(written, provisioned, sources.Issuers));
        return _merged.Value.People;
    }

    private bool IsInForce(string file)
    {
        var path = Path.Combine(_folder, file);
        return _people.Good(path) is not null || _groups.Good(path) is not null || _platforms.Good(path) is not null;
    }

    private static bool Same(ConfigurationSnapshot one, ConfigurationSnapshot other) =>
        ReferenceEquals(one.Written, other.Written) && ReferenceEquals(one.People, other.People) && ReferenceEquals(one.Overlay, other.Overlay)
        && Settings(one).SequenceEqual(Settings(other)) && one.RunTime.SequenceEqual(other.RunTime)
        && one.Groups.Select(group => (group.Group.Id, group.Version)).SequenceEqual(other.Groups.Select(group => (group.Group.Id, group.Version)));

    private static IEnumerable<(string Written, bool Gone, string Fields)> Settings(ConfigurationSnapshot snapshot) =>
        snapshot.FilePlatforms.Select(static platform => (platform.Written, false, platform.Fields)).Concat(snapshot.Platforms.Select(static platform => (platform.Written, platform.Gone, platform.Fields)));

    private IReadOnlyList<Person> People(List<ConfigurationError> errors)
    {
        var path = Path.Combine(_folder, PeopleFile.Name);
        if (_people.Read(path, PeopleFile.Name, PeopleFile.Read, errors) is { } read) _people.Accept(path, read);
        return _people.Good(path)?.Value ?? [];
    }

    private List<PlatformSettings> PlatformSettings(List<ConfigurationError> errors)
    {
        // Access that was given through a platform has to be taken through it: a file that vanished stays in force until a restart.
        var paths = Files(_folder, "platforms-*.yaml").Append(Path.Combine(_folder, PlatformsFile.Name)).Concat(_platforms.Paths)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var platforms = new List<PlatformSettings>();
        foreach (var path in paths)
        {
            var file = Path.GetFileName(path);
            if (_platforms.Good(path) is null && file == PlatformsFile.Name && !File.Exists(path)) continue;
            if (_platforms.Read(path, file, (document, found) => PlatformsFile.Read(document, _variable, found), errors) is { } read
                && NamesDiffer(read, names, errors))
            {
                _platforms.Accept(path, read);
            }

            foreach (var platform in _platforms.Good(path)?.Value ?? [])
            {
                if (names.TryAdd(platform.Name, file)) platforms.Add(platform);
            }
        }

        return platforms;
    }

    private static bool NamesDiffer(Reading<IReadOnlyList<PlatformSettings>> read, Dictionary<string, string> taken, List<ConfigurationError> errors)
    {
        var before = errors.Count;
        for (var i = 0; i < read.Value.Count; i++)
        {
            var name = read.Value[i].Name;
            if (taken.TryGetValue(name, out var file) || read.Value.Take(i).Any(other => other.Name == name))
                errors.Add(read.Document.ErrorAt($"platforms[{i}].name", $"\"{name}\" is the name of another platform{(file is null ? "" : $" in {file}")}: names must differ"));
        }

        return errors.Count == before;
    }

    private Dictionary<string, GroupSource> GroupSources(ApproverDirectory directory, List<ConfigurationError> broken, List<ConfigurationError> lost)
    {
        var files = Files(Path.Combine(_folder, GroupFile.Folder), "*.yaml");
        foreach (var gone in _groups.Paths.Except(files, StringComparer.Ordinal)) _groups.Forget(gone);

        // Groups in force keep their ids; a new file cannot take one over.
        var owners = _groups.Paths.ToDictionary(path => _groups.Good(path)!.Value.Id, StringComparer.Ordinal);
        foreach (var path in files)
        {
            var name = $"{GroupFile.Folder}/{Path.GetFileName(path)}";
            var good = _groups.Good(path);
            if (_groups.Read(path, name, GroupFile.Read, broken) is not { } read)
            {
                if (good is null && _groups.Good(path) is { } kept) owners.TryAdd(kept.Value.Id, path);
                continue;
            }

            if (owners.TryGetValue(read.Value.Id, out var owner) && owner != path)
            {
                broken.Add(read.Document.ErrorAt("id", $"\"{read.Value.Id}\" is also the id in {GroupFile.Folder}/{Path.GetFileName(owner)}: ids must differ"));
                continue;
            }

            // A file that did not change was sound once: that people left since is told, and the policy stays.
            var unchanged = ReferenceEquals(read, good);
            var faults = GroupValidation.Document(read.Value, directory);
            (unchanged ? lost : broken).AddRange(GroupFile.Errors(read.Document, faults));
            if (faults.Count == 0 && Solvability.Problem(read.Value, directory) is { } problem) lost.Add(read.Document.ErrorAt(problem.Field, problem.Message));
            if (faults.Count > 0 && good is null)
            {
                _groups.FallBack(path, name, GroupFile.Read);
                if (_groups.Good(path) is { } kept) owners.TryAdd(kept.Value.Id, path);
            }

            if (unchanged || faults.Count > 0) continue;
            if (good is not null) owners.Remove(good.Value.Id);
            owners[read.Value.Id] = path;
            _groups.Accept(path, read);
        }

        return owners.ToDictionary(owner => owner.Key, owner => Source(owner.Value, _groups.Good(owner.Value)!), StringComparer.Ordinal);

        static GroupSource Source(string path, Reading<AccessGroup> good) => new(new StoredGroup(good.Value, good.Version), path);
    }

    private static List<string> Files(string folder, string pattern)
    {
        if (!System.IO.Directory.Exists(folder)) return [];
        return [.. System.IO.Directory.EnumerateFiles(folder, pattern).Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal)];
    }

    private void Report(List<ConfigurationError> problems)
    {
        foreach (var problem in problems.Except(_problems)) LogProblem(problem.ToString());
        if (problems.Count == 0 && _problems.Count > 0) LogSound();
        _problems = problems;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Configuration: {Problem} The last good version stays in force.")]
    private partial void LogProblem(string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Configuration: every file is in force as written.")]
    private partial void LogSound();
}
