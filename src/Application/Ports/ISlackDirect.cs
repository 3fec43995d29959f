using AccessFunctions.Application.Directory;

namespace AccessFunctions.Application.Ports;

/// <summary>Tells one Slack user something that nobody else sees. Registered where Slack is set up.</summary>
public interface ISlackDirect
{
    /// <summary>Sends the code that links this user to a person, in the conversation between the user and the app.</summary>
    /// <param name="user">The member id.</param>
    /// <param name="code">As the person will type it.</param>
    /// <param name="person">Who asked for it, which the message says.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task<SlackDelivery> SendCode(string user, string code, Person person, CancellationToken cancellation);
}

/// <summary>What Slack made of a message to one user.</summary>
public enum SlackDelivery
{
    Taken,

    /// <summary>Slack did not answer; the user may have it all the same.</summary>
    Unsure,

    /// <summary>Slack takes nothing now, and will later.</summary>
    Busy,

    /// <summary>There is no such user, or none that the app can see.</summary>
    NoSuchUser,

    /// <summary>That user takes no messages from the app: another app, somebody who left, a guest of another workspace.</summary>
    NotReachable,

    /// <summary>The app may not write to anybody: an administrator has to mend its set-up.</summary>
    NotAllowed,
}
