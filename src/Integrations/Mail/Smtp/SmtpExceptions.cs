namespace AccessFunctions.Integrations.Mail.Smtp;

/// <summary>The mail was not handed over: the server did not answer, was busy, or refused. Trying again later may help. Says no address.</summary>
public class MailNotTakenException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The server refuses this recipient for good; trying again does not help.</summary>
/// <param name="reply">The server's code, such as <c>550 5.1.1</c>.</param>
public sealed class RecipientRefusedException(string reply) : MailNotTakenException($"The mail server refuses the recipient: {reply}.")
{
    /// <summary>The server's code, without its words: those may quote the address.</summary>
    public string Reply { get; } = reply;
}
