/**
 * React's development build keeps a record of every rendering for as long as the process lives, gigabytes of them in a
 * dashboard that is left open. Which build is taken is decided when React is first imported: this is imported before.
 */
process.env['NODE_ENV'] = 'production';
