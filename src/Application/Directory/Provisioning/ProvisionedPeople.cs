namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>What sources said, as this process has it. The directory merges it; whoever changes it waits until the directory has.</summary>
public sealed class ProvisionedPeople(SourceIssuers issuers)
{
    private volatile ProvisionedSnapshot _current = ProvisionedSnapshot.Empty;

    /// <summary>The users and groups in force.</summary>
    public ProvisionedSnapshot Current => _current;

    public SourceIssuers Issuers { get; } = issuers;

    /// <summary>Called after <see cref="Current"/> was replaced; done when the directory has it.</summary>
    public Func<CancellationToken, Task>? Replaced { get; set; }

    /// <summary>Puts another state in force.</summary>
    public Task Set(ProvisionedSnapshot next, CancellationToken cancellation)
    {
        _current = next;
        return Replaced?.Invoke(cancellation) ?? Task.CompletedTask;
    }
}
