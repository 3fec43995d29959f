namespace AccessFunctions.Application.Ports;

/// <summary>Remembers the last completed sweep of <see cref="DirectoryWatch"/>. The host stores it.</summary>
public interface ISweepMark
{
    /// <summary>The last mark that was saved; null where none was.</summary>
    Task<SweepMark?> Find(CancellationToken cancellation);

    /// <summary>Replaces the mark; durable when it returns.</summary>
    Task Save(SweepMark mark, CancellationToken cancellation);
}

/// <summary>What a completed sweep looked at.</summary>
/// <param name="Facts">Fingerprint of the directory it compared with.</param>
/// <param name="Newest">Every request up to this one was looked at (<see cref="IRequestReader.Newest"/>); null: there was none.</param>
public sealed record SweepMark(string Facts, string? Newest);
