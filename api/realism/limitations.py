"""What the comparison cannot show or the model leaves out, told in every report."""

from collections.abc import Mapping
from types import MappingProxyType

_WEATHER = (
    (
        "实测站为机场类站点，不在街道上；模拟取屋顶以上的天气。",
        "The real station is of the airport kind, not in the street; the weather above the roofs "
        "is compared.",
    ),
    (
        "一两年的样本里，单次台风或寒潮足以左右极端分位数和月平均。",
        "In a sample of a year or two one typhoon or cold spell moves a monthly mean or an extreme "
        "quantile: a narrow pass or failure there says little.",
    ),
)
_AIR = (
    (
        "PM2.5 为区域背景值，不含街道增量；真实值含邻近街道影响。",
        "PM2.5 is the regional background without what the streets add; the real monitor stands "
        "in the quarter.",
    ),
)
_SHAPES = (
    (
        "只比较形状与波动，不比较水平：真实站点在别的城市。",
        "Shapes and variance are compared, never levels: the real sites lie in other cities, with "
        "other holidays.",
    ),
    (
        "模拟取街道的需求流量（含天气、逐日差异与成群到达），不含拥堵与信号。",
        "The simulated flow is what wants through a street (with weather, the day's luck, groups), "
        "not what jams and signals let pass; Shanghai's holidays are in it.",
    ),
)
_WALKERS = (
    (
        "通勤者与购物者分开比较；衡复的每条街上两者与游客混行，整条街的形状介于其间。",
        "Commuters and shoppers are compared apart. In the quarter every street has both and "
        "visitors, so a whole street lies between them.",
    ),
)
_SOUND = (
    (
        "只比较分钟纹理（相对小时中位数的偏差），真实测点安静且地点不明。",
        "Only the texture of minutes around the hour's median is compared: the real site is quiet "
        "and its place unknown.",
    ),
)
LIMITATIONS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "weather_air": _WEATHER + _AIR,
        "air": _AIR,
        "pedestrians": _SHAPES + _WALKERS,
        "vehicles": _SHAPES,
        "sound": _SOUND,
    }
)


def limits_of(kind: str) -> tuple[tuple[str, str], ...]:
    """Sentences in Chinese and English."""
    return LIMITATIONS[kind]
