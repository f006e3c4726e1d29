from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix='SHOP_')
    database_url: str
    secret: str


settings = Settings()
# fails: main\.py:10: .*needs the environment variables 'SHOP_DATABASE_URL', 'SHOP_SECRET' \(--env SHOP_DATABASE_URL=value --env SHOP_SECRET=value\)
