"""Reading a mail: no accessor raises, whatever the mail is made of."""
