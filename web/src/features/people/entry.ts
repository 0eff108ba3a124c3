/** What is wrong with what somebody typed to sign in or register, before it is sent. Pure; the API decides. */

export interface Entry {
  name: string
  email: string
  password: string
  /** Of who sets a new password. */
  code: string
}

export type Wrong = Partial<Record<keyof Entry, string>>

export const NAME_MAX = 80
export const PASSWORD_MIN = 8

const wrongEmail = (email: string) => {
  if (email === '') return 'Your e-mail address is missing.'
  return /^[^\s@]+@[^\s@]+$/.test(email)
    ? undefined
    : 'That is no e-mail address: one looks like ada@example.org.'
}

export function wrongSignIn({ email, password }: Entry): Wrong {
  return { email: wrongEmail(email), password: password === '' ? 'Your password is missing.' : undefined }
}

export function wrongRegistration({ name, email, password }: Entry): Wrong {
  const length = [...name].length
  return {
    name:
      length === 0
        ? 'Your name is missing.'
        : length > NAME_MAX
          ? `At most ${NAME_MAX} characters; this has ${length}.`
          : undefined,
    email: wrongEmail(email),
    password: wrongPassword(password),
  }
}

const wrongPassword = (password: string) =>
  [...password].length < PASSWORD_MIN ? `At least ${PASSWORD_MIN} characters.` : undefined

export function wrongNewPassword({ code, email, password }: Entry): Wrong {
  return {
    code: code === '' ? 'The code is missing.' : undefined,
    password: wrongPassword(password),
    email: email === '' ? undefined : wrongEmail(email),
  }
}

export const isWrong = (wrong: Wrong) => Object.values(wrong).some((words) => words !== undefined)
