using System.ComponentModel.DataAnnotations;

namespace AccessFunctions.Api.Sessions;

/// <summary>How long a browser stays signed in (section <c>Sessions</c>).</summary>
public sealed class SessionOptions
{
    public const string Section = "Sessions";

    /// <summary>Minutes after the last call by hand until the session ends.</summary>
    [Range(5, 24 * 60)]
    public int IdleMinutes { get; set; } = 60;

    /// <summary>Hours after the sign-in until the session ends, whatever is done in it.</summary>
    [Range(1, 72)]
    public int AbsoluteHours { get; set; } = 10;

    internal TimeSpan Idle => TimeSpan.FromMinutes(IdleMinutes);

    internal TimeSpan Absolute => TimeSpan.FromHours(AbsoluteHours);
}
