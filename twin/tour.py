"""A guided group that comes to a sight by coach and walks on together."""

import msgspec


class Tour(msgspec.Struct, frozen=True, kw_only=True):
    """One tour that is to come or on site; `plaza` is a row of the sights, times are ms UTC."""

    id: str
    plaza: int
    people: int
    begin_ms: int
    end_ms: int
    waits: int = 0
    on_site: bool = False

    @property
    def due_ms(self) -> int:
        """When something happens to it next."""
        return self.end_ms if self.on_site else self.begin_ms

    def waiting(self, wait_ms: int) -> "Tour":
        """The same tour, which stays in its coach for so long."""
        return msgspec.structs.replace(
            self,
            begin_ms=self.begin_ms + wait_ms,
            end_ms=self.end_ms + wait_ms,
            waits=self.waits + 1,
        )

    def arrived(self) -> "Tour":
        """The same tour, standing at its sight."""
        return msgspec.structs.replace(self, on_site=True)
