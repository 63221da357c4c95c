export default function Page() {
  return <p>A page that is made while building</p>
}
