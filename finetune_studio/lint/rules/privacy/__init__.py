"""P: privacy and safety."""

from finetune_studio.lint.rule import Rule
from finetune_studio.lint.rules.privacy.bank_account import BankAccount
from finetune_studio.lint.rules.privacy.email_address import EmailAddress
from finetune_studio.lint.rules.privacy.national_id import NationalIdNumber
from finetune_studio.lint.rules.privacy.network_address import NetworkAddress
from finetune_studio.lint.rules.privacy.own_terms import OwnTerms
from finetune_studio.lint.rules.privacy.payment_card import PaymentCard
from finetune_studio.lint.rules.privacy.phone_number import PhoneNumber
from finetune_studio.lint.rules.privacy.secret import Secret
from finetune_studio.lint.rules.privacy.url_with_secret import UrlWithSecret

RULES: tuple[type[Rule], ...] = (
    Secret,
    EmailAddress,
    PhoneNumber,
    PaymentCard,
    BankAccount,
    NationalIdNumber,
    NetworkAddress,
    UrlWithSecret,
    OwnTerms,
)
